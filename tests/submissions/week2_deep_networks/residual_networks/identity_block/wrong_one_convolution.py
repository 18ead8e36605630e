# what: one convolution in the branch
# fails: the output has the shape of the input, and the block the weights of the picture
# fails: training moves the statistics of both batch norms
# fails: with given weights the branch is convolution, batch norm, ReLU, convolution, batch norm
# score: 4.8
def identity_block(input_shape):
    channels = input_shape[-1]
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Add()([inputs, x])
    x = layers.ReLU()(x)
    return keras.Model(inputs, x)
