# what: a chain, ReLU as layers of their own
# score: 7
def vgg_block(input_shape, filters, convolutions):
    model = keras.Sequential([keras.Input(shape=input_shape)])
    for _ in range(convolutions):
        model.add(layers.ZeroPadding2D(1))
        model.add(layers.Conv2D(filters, (3, 3)))
        model.add(layers.Activation("relu"))
    model.add(layers.MaxPool2D(pool_size=(2, 2), strides=2))
    return model
