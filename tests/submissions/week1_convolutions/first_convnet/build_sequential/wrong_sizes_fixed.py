# what: 28, 1 and 10 stand in the code
# fails: the outputs are logits
# fails: with given weights it computes convolution, ReLU and max pooling twice, then the dense layer
# fails: pictures may be rectangular and in colour, with another number of classes
# score: 2
def build_sequential(input_shape, classes):
    return keras.Sequential([
        keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10),
    ])
