# what: convolutions have a bias
# fails: the output has the shape of the input, and the block the weights of the picture
# score: 7.2
def identity_block(input_shape):
    channels = input_shape[-1]
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(channels, 3, padding="same")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(channels, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Add()([inputs, x])
    x = layers.ReLU()(x)
    return keras.Model(inputs, x)
