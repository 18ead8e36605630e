# what: the channels are compared with f, not with 4f
# fails: the shortcut is a projection where the shape changes, and only there
# fails: the number of trained parameters is that of keras.applications, biases included
# fails: with an empty branch the output is ReLU of the input
# fails: the shortcut carries negative numbers, with and without projection
# score: 4.44
def bottleneck_block(input_shape, filters, stride=1):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters, 1, strides=stride)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(4 * filters, 1)(x)
    x = layers.BatchNormalization()(x)
    if stride > 1 or input_shape[-1] != filters:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride)(inputs)
        shortcut = layers.BatchNormalization()(shortcut)
    else:
        shortcut = inputs
    return keras.Model(inputs, layers.ReLU()(x + shortcut))
