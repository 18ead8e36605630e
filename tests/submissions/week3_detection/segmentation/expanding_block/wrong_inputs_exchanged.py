# what: the inputs stand in the other order
# fails: a map of 3×5 and a kept one of 6×10 become a map of 6×10
# fails: both maps count: neither is left out
# fails: the kept map is laid beside the other one, not added to it, and two convolutions follow
# fails: the kept map passes at full resolution: a pixel reaches two pixels in each direction
# fails: a pixel from below becomes a stamp of 2×2, which the convolutions widen by two pixels
# score: 0
def expanding_block(input_shape, skip_shape, filters):
    below, kept = keras.Input(input_shape), keras.Input(skip_shape)
    x = layers.Conv2DTranspose(filters, 2, strides=2)(below)
    x = layers.Concatenate()([kept, x])
    return keras.Model([kept, below], two_convolutions(x, filters))
