# what: 3×3 and 5×5 swapped in the output
# fails: the branches stand in the order of the picture
# score: 8.33
def inception_module(input_shape, one, three, five, pool):
    inputs = keras.Input(shape=input_shape)

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
    branches = [
        convolution(inputs, one, 1),
        convolution(convolution(inputs, three[0], 1), three[1], 3),
        convolution(convolution(inputs, five[0], 1), five[1], 5),
        convolution(pooled, pool, 1),
    ]
    return keras.Model(inputs, layers.Concatenate()([branches[i] for i in (0, 2, 1, 3)]))
