# what: the pooling takes Keras's default stride, and is brought back to size
# fails: each of the four branches is somewhere in the output
# score: 6.67
def inception_module(input_shape, one, three, five, pool):
    inputs = keras.Input(shape=input_shape)

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    pooled = layers.MaxPooling2D(3, padding="same")(inputs)
    pooled = layers.UpSampling2D(3)(pooled)
    pooled = layers.Cropping2D(
        ((0, pooled.shape[1] - input_shape[0]), (0, pooled.shape[2] - input_shape[1]))
    )(pooled)
    branches = [
        convolution(inputs, one, 1),
        convolution(convolution(inputs, three[0], 1), three[1], 3),
        convolution(convolution(inputs, five[0], 1), five[1], 5),
        convolution(pooled, pool, 1),
    ]
    return keras.Model(inputs, layers.Concatenate()(branches))
