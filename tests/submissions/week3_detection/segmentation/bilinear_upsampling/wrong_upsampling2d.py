# what: a layer without weights does the work: nothing can be learned
# fails: its weights can be trained, and there is no bias
# score: 6.67
def bilinear_upsampling(factor, channels):
    return keras.Sequential(
        [
            keras.Input((None, None, channels)),
            layers.UpSampling2D(factor, interpolation="bilinear"),
        ]
    )
