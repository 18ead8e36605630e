# what: the stride stands in the second convolution of the branch
# fails: with given weights it computes what the picture shows
# score: 6
def projection_block(input_shape, filters, stride=2):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    short = layers.Conv2D(filters, 1, strides=stride, padding="same", use_bias=False)(inputs)
    short = layers.BatchNormalization()(short)
    x = layers.Add()([x, short])
    return keras.Model(inputs, layers.ReLU()(x))
