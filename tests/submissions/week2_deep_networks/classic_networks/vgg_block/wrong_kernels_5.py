# what: kernels of 5×5
# fails: it has the parameters of its convolutions
# fails: with given weights it computes convolution and ReLU again and again, then max pooling
# score: 3.5
def vgg_block(input_shape, filters, convolutions):
    x = inputs = keras.Input(shape=input_shape)
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 5, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.MaxPooling2D(2)(x))
