# what: the branch as a Sequential model
# score: 7
def preactivation_block(input_shape):
    inputs = keras.Input(shape=input_shape)
    branch = keras.Sequential([keras.Input(shape=input_shape)])
    for _ in "ab":
        branch.add(layers.BatchNormalization())
        branch.add(layers.Activation("relu"))
        branch.add(layers.Conv2D(input_shape[-1], (3, 3), padding="same", use_bias=False))
    return keras.Model(inputs, branch(inputs) + inputs)
