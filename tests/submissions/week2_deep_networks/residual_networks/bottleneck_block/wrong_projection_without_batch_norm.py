# what: no batch norm on the shortcut
# fails: the number of trained parameters is that of keras.applications, biases included
# fails: in use it leaves the moving statistics alone, training moves all of them
# fails: the shortcut carries negative numbers, with and without projection
# fails: with given weights it computes what the table says
# score: 3.56
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
    if stride > 1 or input_shape[-1] != 4 * filters:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride)(inputs)
    else:
        shortcut = inputs
    return keras.Model(inputs, layers.ReLU()(x + shortcut))
