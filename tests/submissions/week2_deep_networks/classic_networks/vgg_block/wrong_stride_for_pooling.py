# what: a stride in the last convolution in place of pooling
# fails: with given weights it computes convolution and ReLU again and again, then max pooling
# fails: odd heights and widths are rounded down
# score: 3.5
def vgg_block(input_shape, filters, convolutions):
    x = inputs = keras.Input(shape=input_shape)
    for number in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", strides=1 + (number == convolutions - 1))(x)
    return keras.Model(inputs, x)
