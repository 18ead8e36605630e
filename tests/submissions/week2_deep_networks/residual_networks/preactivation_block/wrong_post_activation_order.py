# what: convolution, batch norm, ReLU, twice
# fails: the branch may push either way
# fails: with given weights it computes what the picture shows
# score: 4.38
def preactivation_block(input_shape):
    inputs = x = keras.Input(input_shape)
    for _ in range(2):
        x = layers.Conv2D(input_shape[-1], 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    return keras.Model(inputs, inputs + x)
