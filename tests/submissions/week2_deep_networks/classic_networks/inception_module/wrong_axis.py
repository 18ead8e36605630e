# what: joined along the width
# fails: height and width stay, the channels of the four branches add up
# fails: it has the parameters of its six convolutions
# fails: each of the four branches is somewhere in the output
# fails: the branches stand in the order of the picture
# score: 1.67
def inception_module(input_shape, one, three, five, pool):
    inputs = keras.Input(shape=input_shape)
    widest = max(one, three[1], five[1], pool)

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
    branches = [
        convolution(inputs, widest, 1),
        convolution(convolution(inputs, three[0], 1), widest, 3),
        convolution(convolution(inputs, five[0], 1), widest, 5),
        convolution(pooled, widest, 1),
    ]
    return keras.Model(inputs, layers.Concatenate(axis=2)(branches))
