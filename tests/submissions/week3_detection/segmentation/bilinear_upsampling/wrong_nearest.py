# what: the stamp is a block of ones: it repeats
# fails: a single pixel becomes the roof worked by hand
# fails: away from the edges it agrees with Keras's bilinear UpSampling2D
# fails: its weights can be trained, and there is no bias
# score: 4
def bilinear_upsampling(factor, channels):
    layer = layers.Conv2DTranspose(channels, factor, strides=factor, padding="same", use_bias=False)
    model = keras.Sequential([keras.Input((None, None, channels)), layer])
    layer.set_weights([np.ones((factor, factor))[:, :, None, None] * np.eye(channels)])
    return model
