# what: both convolutions are "valid"
# fails: the model has as many parameters as the description
# fails: with given weights it computes convolution, ReLU and max pooling twice, then the dense layer
# fails: pictures may be rectangular and in colour, with another number of classes
# score: 2
def build_sequential(input_shape, classes):
    return keras.Sequential([
        keras.Input(shape=input_shape),
        layers.Conv2D(8, 3, padding="valid", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="valid", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(classes),
    ])
