# what: the projection starts at the branch, not at the input
# fails: the block has the weights of the picture: the projection has its own batch norm
# fails: with an empty branch the output is the projection of every second pixel
# fails: ReLU comes after the addition
# fails: the projection carries negative numbers too
# fails: with given weights it computes what the picture shows
# score: 2
def projection_block(input_shape, filters, stride=2):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    short = layers.Conv2D(filters, 1, padding="same", use_bias=False)(x)
    short = layers.BatchNormalization()(short)
    x = layers.Add()([x, short])
    return keras.Model(inputs, layers.ReLU()(x))
