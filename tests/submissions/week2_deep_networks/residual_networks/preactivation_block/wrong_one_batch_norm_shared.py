# what: one batch norm serves both convolutions
# fails: the output has the shape of the input, and the block the weights of the picture
# fails: in use it leaves the moving statistics alone, training moves both pairs
# fails: with given weights it computes what the picture shows
# score: 3.5
def preactivation_block(input_shape):
    inputs = x = keras.Input(input_shape)
    norm = layers.BatchNormalization()
    for _ in range(2):
        x = layers.ReLU()(norm(x))
        x = layers.Conv2D(input_shape[-1], 3, padding="same", use_bias=False)(x)
    return keras.Model(inputs, inputs + x)
