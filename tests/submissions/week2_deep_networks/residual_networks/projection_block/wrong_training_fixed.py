# what: batch norm is told to be in training
# fails: in use it leaves the moving statistics alone, training moves all three pairs
# score: 7
def projection_block(input_shape, filters, stride=2):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x, training=True)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x, training=True)
    short = layers.Conv2D(filters, 1, strides=stride, padding="same", use_bias=False)(inputs)
    short = layers.BatchNormalization()(short, training=True)
    x = layers.Add()([x, short])
    return keras.Model(inputs, layers.ReLU()(x))
