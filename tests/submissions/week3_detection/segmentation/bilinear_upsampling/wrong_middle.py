# what: the roof's middle is always a pixel
# fails: a single pixel becomes the roof worked by hand
# fails: away from the edges it agrees with Keras's bilinear UpSampling2D
# score: 5.33
def bilinear_upsampling(factor, channels):
    size = 2 * factor - factor % 2
    roof = np.maximum(1 - np.abs(np.arange(size) - size // 2) / factor, 0)
    layer = layers.Conv2DTranspose(channels, size, strides=factor, padding="same", use_bias=False)
    model = keras.Sequential([keras.Input((None, None, channels)), layer])
    layer.set_weights([np.outer(roof, roof)[:, :, None, None] * np.eye(channels)])
    return model
