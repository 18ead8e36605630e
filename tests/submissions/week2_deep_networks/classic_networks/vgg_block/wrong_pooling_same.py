# what: pooling rounds up
# fails: odd heights and widths are rounded down
# score: 5.83
def vgg_block(input_shape, filters, convolutions):
    x = inputs = keras.Input(shape=input_shape)
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.MaxPooling2D(2, padding="same")(x))
