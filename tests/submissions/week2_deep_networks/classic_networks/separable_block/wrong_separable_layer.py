# what: layers.SeparableConv2D, with nothing between the halves
# fails: it has the parameters of two convolutions without biases and two batch norms
# fails: with given weights it computes the six steps in their order
# fails: the stride belongs to the depthwise part
# score: 3.43
def separable_block(input_shape, filters, stride=1):
    inputs = keras.Input(shape=input_shape)
    x = layers.SeparableConv2D(filters, 3, strides=stride, padding="same", use_bias=False)(inputs)
    return keras.Model(inputs, layers.ReLU()(layers.BatchNormalization()(x)))
