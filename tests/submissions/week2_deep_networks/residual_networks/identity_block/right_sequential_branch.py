# what: the branch as a Sequential model, layers of its own for the addition and ReLU
# score: 8
def identity_block(input_shape):
    c = input_shape[-1]
    branch = keras.Sequential(
        [
            layers.Conv2D(c, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.Conv2D(c, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
        ]
    )
    inputs = keras.Input(shape=input_shape)
    return keras.Model(inputs, layers.Activation("relu")(layers.Add()([branch(inputs), inputs])))
