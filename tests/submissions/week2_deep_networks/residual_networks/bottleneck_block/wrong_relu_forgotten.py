# what: no activation after the addition
# fails: with an empty branch the output is ReLU of the input
# fails: with given weights it computes what the table says
# score: 5.33
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
        shortcut = layers.BatchNormalization()(shortcut)
    else:
        shortcut = inputs
    return keras.Model(inputs, x + shortcut)
