# what: the stride is given to the 1×1
# fails: the stride belongs to the depthwise part
# score: 6.86
def separable_block(input_shape, filters, stride=1):
    x = inputs = keras.Input(shape=input_shape)
    for convolution in (
        layers.DepthwiseConv2D(3, padding="same", use_bias=False),
        layers.Conv2D(filters, 1, strides=stride, use_bias=False),
    ):
        x = convolution(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    return keras.Model(inputs, x)
