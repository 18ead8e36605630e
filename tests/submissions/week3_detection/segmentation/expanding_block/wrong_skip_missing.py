# what: the kept map is an input, and not used
# fails: both maps count: neither is left out
# fails: the kept map passes at full resolution: a pixel reaches two pixels in each direction
# score: 4.2
def expanding_block(input_shape, skip_shape, filters):
    below, kept = keras.Input(input_shape), keras.Input(skip_shape)
    x = layers.Conv2DTranspose(filters, 2, strides=2)(below)
    zeros = kept * 0.0
    x = layers.Concatenate()([zeros, x])
    return keras.Model([below, kept], two_convolutions(x, filters))
