# what: nothing is cut off: the output is too large
# fails: the output is exactly factor times as high and as wide
# fails: a single pixel becomes the roof worked by hand
# fails: away from the edges a flat map stays flat
# fails: channels do not mix
# fails: away from the edges it agrees with Keras's bilinear UpSampling2D
# score: 1.33
def bilinear_upsampling(factor, channels):
    size = 2 * factor - factor % 2
    roof = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    layer = layers.Conv2DTranspose(channels, size, strides=factor, use_bias=False)
    model = keras.Sequential([keras.Input((None, None, channels)), layer])
    layer.set_weights([np.outer(roof, roof)[:, :, None, None] * np.eye(channels)])
    return model
