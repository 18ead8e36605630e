# what: the kept map is added after a 1×1 convolution, as in a residual network
# fails: the kept map is laid beside the other one, not added to it, and two convolutions follow
# score: 5.6
def expanding_block(input_shape, skip_shape, filters):
    below, kept = keras.Input(input_shape), keras.Input(skip_shape)
    x = layers.Conv2DTranspose(filters, 2, strides=2)(below)
    x = x + layers.Conv2D(filters, 1)(kept)
    return keras.Model([below, kept], two_convolutions(x, filters))
