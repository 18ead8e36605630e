# what: ReLU before batch norm
# fails: the first thing in the branch is batch norm, then ReLU
# fails: with given weights it computes what the picture shows
# score: 4.38
def preactivation_block(input_shape):
    channels = input_shape[-1]
    inputs = keras.Input(input_shape)
    x = layers.ReLU()(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.ReLU()(x)
    x = layers.BatchNormalization()(x)
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.Add()([inputs, x])
    return keras.Model(inputs, x)
