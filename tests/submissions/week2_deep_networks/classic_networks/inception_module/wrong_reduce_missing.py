# what: the naive module: nothing is squeezed
# fails: it has the parameters of its six convolutions
# fails: each of the four branches is somewhere in the output
# score: 5
def inception_module(input_shape, one, three, five, pool):
    inputs = keras.Input(shape=input_shape)

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
    branches = [
        convolution(inputs, one, 1),
        convolution(inputs, three[1], 3),
        convolution(inputs, five[1], 5),
        convolution(pooled, pool, 1),
    ]
    return keras.Model(inputs, layers.Concatenate()(branches))
