# what: no ReLU after the last convolution
# fails: no output is negative
# fails: with given weights it computes convolution and ReLU again and again, then max pooling
# score: 3.5
def vgg_block(input_shape, filters, convolutions):
    x = inputs = keras.Input(shape=input_shape)
    for number in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu" if number < convolutions - 1 else None)(x)
    return keras.Model(inputs, layers.MaxPooling2D(2)(x))
