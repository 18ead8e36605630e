# what: each level wraps the one below
# score: 12
def unet(input_shape, classes, width=8, depth=3):
    def level(x, filters, left):
        x = two_convolutions(x, filters)
        if left == 0:
            return x
        deep = level(layers.MaxPooling2D()(x), 2 * filters, left - 1)
        up = layers.Conv2DTranspose(filters, 2, 2)(deep)
        return two_convolutions(layers.Concatenate(axis=-1)([up, x]), filters)

    inputs = keras.Input(input_shape)
    return keras.Model(inputs, layers.Conv2D(classes, 1)(level(inputs, width, depth)))
