# what: no ReLU after the convolutions
# fails: with given weights it computes convolution, ReLU and max pooling twice, then the dense layer
# score: 4
def build_sequential(input_shape, classes):
    return keras.Sequential([
        keras.Input(shape=input_shape),
        layers.Conv2D(8, 3, padding="same", activation=None),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="same", activation=None),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(classes),
    ])
