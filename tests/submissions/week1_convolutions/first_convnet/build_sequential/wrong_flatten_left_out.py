# what: the dense layer works on every place of the maps
# fails: the model maps pictures to one number per class
# fails: the model has as many parameters as the description
# fails: with given weights it computes convolution, ReLU and max pooling twice, then the dense layer
# fails: pictures may be rectangular and in colour, with another number of classes
# score: 1
def build_sequential(input_shape, classes):
    return keras.Sequential([
        keras.Input(shape=input_shape),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dense(classes),
    ])
