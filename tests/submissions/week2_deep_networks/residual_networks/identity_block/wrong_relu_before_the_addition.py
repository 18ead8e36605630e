# what: ReLU at the end of the branch, before the addition
# fails: ReLU comes after the addition
# fails: the branch may subtract as well as add
# fails: with given weights the branch is convolution, batch norm, ReLU, convolution, batch norm
# score: 4.8
def identity_block(input_shape):
    channels = input_shape[-1]
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Add()([inputs, x])
    return keras.Model(inputs, x)
