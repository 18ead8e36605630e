# what: the last layer has tanh like the others
# fails: the outputs are logits
# fails: with given weights it computes tanh convolutions, average pooling and dense layers
# score: 4.57
def build_lenet5():
    inputs = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(6, 5, padding="same", activation="tanh", name="C1")(inputs)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(16, 5, activation="tanh", name="C3")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(120, activation="tanh", use_bias=True)(x)
    x = layers.Dense(84, activation="tanh")(x)
    return keras.Model(inputs, layers.Dense(10, activation="tanh")(x))
