# what: the shortcut is added before the last batch norm
# fails: with an empty branch the output is ReLU of the input
# fails: with given weights it computes what the table says
# score: 5.33
def bottleneck_block(input_shape, filters, stride=1):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters, 1, strides=stride)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(4 * filters, 1)(x)
    shortcut = inputs
    if stride > 1 or input_shape[-1] != 4 * filters:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride)(inputs)
        shortcut = layers.BatchNormalization()(shortcut)
    x = layers.BatchNormalization()(x + shortcut)
    return keras.Model(inputs, layers.ReLU()(x))
