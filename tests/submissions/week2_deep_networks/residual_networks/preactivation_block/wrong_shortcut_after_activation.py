# what: the shortcut starts behind the first ReLU
# fails: an empty block passes on its input as it is, sign and all
# fails: the first thing in the branch is batch norm, then ReLU
# fails: with given weights it computes what the picture shows
# fails: a gradient passes five empty blocks undiminished
# score: 2.62
def preactivation_block(input_shape):
    channels = input_shape[-1]
    inputs = keras.Input(input_shape)
    x = layers.BatchNormalization()(inputs)
    x = shortcut = layers.ReLU()(x)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.Add()([shortcut, x])
    return keras.Model(inputs, x)
