# what: 3×3 is put on the 1×1 branch, 5×5 on the 3×3 branch
# fails: it has the parameters of its six convolutions
# fails: each of the four branches is somewhere in the output
# score: 5
def inception_module(input_shape, one, three, five, pool):
    inputs = keras.Input(shape=input_shape)

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
    a = convolution(inputs, one, 1)
    b = convolution(convolution(a, three[0], 1), three[1], 3)
    c = convolution(convolution(b, five[0], 1), five[1], 5)
    return keras.Model(inputs, layers.Concatenate()([a, b, c, convolution(pooled, pool, 1)]))
