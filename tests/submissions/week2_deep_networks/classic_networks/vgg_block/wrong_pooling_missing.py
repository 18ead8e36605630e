# what: pooling is forgotten
# fails: height and width are halved, the channels are the filters
# fails: with given weights it computes convolution and ReLU again and again, then max pooling
# fails: odd heights and widths are rounded down
# score: 2.33
def vgg_block(input_shape, filters, convolutions):
    x = inputs = keras.Input(shape=input_shape)
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, x)
