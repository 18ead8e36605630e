# what: an ordinary 3×3 for the depthwise one
# fails: it has the parameters of two convolutions without biases and two batch norms
# fails: with given weights it computes the six steps in their order
# fails: the stride belongs to the depthwise part
# score: 3.43
def separable_block(input_shape, filters, stride=1):
    x = inputs = keras.Input(shape=input_shape)
    for convolution in (
        layers.Conv2D(input_shape[-1], 3, strides=stride, padding="same", use_bias=False),
        layers.Conv2D(filters, 1, use_bias=False),
    ):
        x = convolution(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    return keras.Model(inputs, x)
