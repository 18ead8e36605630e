# what: the branches are added
# fails: it has the parameters of its six convolutions
# fails: each of the four branches is somewhere in the output
# fails: the branches stand in the order of the picture
# score: 3.33
def inception_module(input_shape, one, three, five, pool):
    inputs = keras.Input(shape=input_shape)
    total = one + three[1] + five[1] + pool

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
    branches = [
        convolution(inputs, total, 1),
        convolution(convolution(inputs, three[0], 1), total, 3),
        convolution(convolution(inputs, five[0], 1), total, 5),
        convolution(pooled, total, 1),
    ]
    return keras.Model(inputs, layers.Add()(branches))
