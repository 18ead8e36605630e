# what: the kept map on the other side, layers written out
# score: 7
def expanding_block(input_shape, skip_shape, filters):
    below = keras.Input(input_shape, name="below")
    kept = keras.Input(skip_shape, name="kept")
    up = layers.Conv2DTranspose(filters, (2, 2), strides=(2, 2), padding="same")(below)
    x = ops.concatenate([up, kept], axis=-1)
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.Activation("relu")(layers.BatchNormalization()(x))
    return keras.Model(inputs=[below, kept], outputs=x)
