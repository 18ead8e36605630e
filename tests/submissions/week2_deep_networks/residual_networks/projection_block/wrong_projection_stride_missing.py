# what: the projection has no stride
# fails: height and width are divided by the stride, rounded up, and the channels are the filters
# fails: the block has the weights of the picture: the projection has its own batch norm
# fails: with an empty branch the output is the projection of every second pixel
# fails: ReLU comes after the addition
# fails: in use it leaves the moving statistics alone, training moves all three pairs
# fails: the projection carries negative numbers too
# fails: with given weights it computes what the picture shows
# score: 0
def projection_block(input_shape, filters, stride=2):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    short = layers.Conv2D(filters, 1, padding="same", use_bias=False)(inputs)
    short = layers.BatchNormalization()(short)
    x = layers.Add()([x, short])
    return keras.Model(inputs, layers.ReLU()(x))
