# what: the branch is added to itself, since the input's name was overwritten
# fails: the shortcut joins after the last batch norm
# fails: the shortcut carries its input as it is, negative numbers too
# fails: the branch may subtract as well as add
# fails: a gradient passes an empty block undiminished
# fails: with given weights the branch is convolution, batch norm, ReLU, convolution, batch norm
# score: 3.2
def identity_block(input_shape):
    inputs = keras.Input(input_shape)
    x = inputs
    x = layers.Conv2D(input_shape[-1], 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(input_shape[-1], 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x + x)
    return keras.Model(inputs, x)
