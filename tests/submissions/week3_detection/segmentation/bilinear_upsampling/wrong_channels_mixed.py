# what: the roof stands in all pairs of channels
# fails: channels do not mix
# fails: away from the edges it agrees with Keras's bilinear UpSampling2D
# score: 5.33
def bilinear_upsampling(factor, channels):
    size = 2 * factor - factor % 2
    roof = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    layer = layers.Conv2DTranspose(channels, size, strides=factor, padding="same", use_bias=False)
    model = keras.Sequential([keras.Input((None, None, channels)), layer])
    layer.set_weights([np.outer(roof, roof)[:, :, None, None] * np.ones((channels, channels))])
    return model
