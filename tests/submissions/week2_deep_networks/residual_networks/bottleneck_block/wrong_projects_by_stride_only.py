# what: a projection only where there is a stride
# fails: the output has 4f channels, its height and width are divided by the stride, rounded up
# fails: the shortcut is a projection where the shape changes, and only there
# fails: in use it leaves the moving statistics alone, training moves all of them
# fails: the shortcut carries negative numbers, with and without projection
# fails: with given weights it computes what the table says
# score: 2.67
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
    if stride > 1:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride)(inputs)
        shortcut = layers.BatchNormalization()(shortcut)
    else:
        shortcut = inputs
    return keras.Model(inputs, layers.ReLU()(x + shortcut))
