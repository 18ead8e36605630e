# what: a transposed convolution of 3×3 with stride 2: uneven overlaps
# fails: the kept map is laid beside the other one, not added to it, and two convolutions follow
# fails: a pixel from below becomes a stamp of 2×2, which the convolutions widen by two pixels
# score: 4.2
def expanding_block(input_shape, skip_shape, filters):
    below, kept = keras.Input(input_shape), keras.Input(skip_shape)
    x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same")(below)
    x = layers.Concatenate()([kept, x])
    return keras.Model([below, kept], two_convolutions(x, filters))
