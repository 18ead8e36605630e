# what: the weights stay random
# fails: a single pixel becomes the roof worked by hand
# fails: away from the edges a flat map stays flat
# fails: channels do not mix
# fails: away from the edges it agrees with Keras's bilinear UpSampling2D
# score: 2.67
def bilinear_upsampling(factor, channels):
    size = 2 * factor - factor % 2
    layer = layers.Conv2DTranspose(channels, size, strides=factor, padding="same", use_bias=False)
    return keras.Sequential([keras.Input((None, None, channels)), layer])
