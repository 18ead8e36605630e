# what: with the blocks of Exercise 3
# score: 5
def mended_reader(blocks, input_shape, classes, width=8):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(inputs)
    for _ in range(blocks):
        x = identity_block(x.shape[1:])(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
