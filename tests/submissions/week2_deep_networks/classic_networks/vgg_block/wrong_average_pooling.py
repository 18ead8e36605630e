# what: average for max pooling
# fails: with given weights it computes convolution and ReLU again and again, then max pooling
# score: 4.67
def vgg_block(input_shape, filters, convolutions):
    x = inputs = keras.Input(shape=input_shape)
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.AveragePooling2D(2)(x))
