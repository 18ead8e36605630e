# what: the 1×1 stands before the pooling
# fails: each of the four branches is somewhere in the output
# score: 6.67
def inception_module(input_shape, one, three, five, pool):
    inputs = keras.Input(shape=input_shape)

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(convolution(inputs, pool, 1))
    branches = [
        convolution(inputs, one, 1),
        convolution(convolution(inputs, three[0], 1), three[1], 3),
        convolution(convolution(inputs, five[0], 1), five[1], 5),
        pooled,
    ]
    return keras.Model(inputs, layers.Concatenate()(branches))
