# what: batch norm is told to be in training
# fails: in use it leaves the moving statistics alone, training moves both pairs
# score: 6.12
def preactivation_block(input_shape):
    channels = input_shape[-1]
    inputs = keras.Input(input_shape)
    x = layers.BatchNormalization()(inputs, training=True)
    x = layers.ReLU()(x)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x, training=True)
    x = layers.ReLU()(x)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.Add()([inputs, x])
    return keras.Model(inputs, x)
