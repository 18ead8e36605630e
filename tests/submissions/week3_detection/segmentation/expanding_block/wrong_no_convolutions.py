# what: the two convolutions are left out; a 1×1 makes the channels fit
# fails: the kept map is laid beside the other one, not added to it, and two convolutions follow
# fails: the kept map passes at full resolution: a pixel reaches two pixels in each direction
# fails: a pixel from below becomes a stamp of 2×2, which the convolutions widen by two pixels
# score: 2.8
def expanding_block(input_shape, skip_shape, filters):
    below, kept = keras.Input(input_shape), keras.Input(skip_shape)
    x = layers.Conv2DTranspose(filters, 2, strides=2)(below)
    x = layers.Concatenate()([kept, x])
    return keras.Model([below, kept], layers.Conv2D(filters, 1, activation="relu")(x))
