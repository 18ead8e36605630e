# what: the kept map is pooled and joins below
# fails: the kept map passes at full resolution: a pixel reaches two pixels in each direction
# score: 5.6
def expanding_block(input_shape, skip_shape, filters):
    below, kept = keras.Input(input_shape), keras.Input(skip_shape)
    up = layers.Conv2DTranspose(filters, 2, strides=2)(below)
    coarse = layers.UpSampling2D(2)(layers.MaxPooling2D(2)(kept))
    x = layers.Concatenate()([coarse, up])
    return keras.Model([below, kept], two_convolutions(x, filters))
