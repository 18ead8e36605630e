# what: nothing is padded
# fails: height and width stay, the channels of the four branches add up
# fails: it has the parameters of its six convolutions
# fails: no output is negative, and some are positive
# fails: each of the four branches is somewhere in the output
# fails: the branches stand in the order of the picture
# score: 0
def inception_module(input_shape, one, three, five, pool):
    inputs = keras.Input(shape=input_shape)

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, activation="relu")(x)

    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
    branches = [
        convolution(inputs, one, 1),
        convolution(convolution(inputs, three[0], 1), three[1], 3),
        convolution(convolution(inputs, five[0], 1), five[1], 5),
        convolution(pooled, pool, 1),
    ]
    return keras.Model(inputs, layers.Concatenate()(branches))
