# what: batch norm is told to be in training
# fails: in use it leaves the moving statistics alone, and pictures do not influence each other
# score: 7.2
def identity_block(input_shape):
    channels = input_shape[-1]
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x, training=True)
    x = layers.ReLU()(x)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x, training=True)
    x = layers.Add()([inputs, x])
    x = layers.ReLU()(x)
    return keras.Model(inputs, x)
