# what: a chain, C5 as a dense layer, activations as layers
# score: 8
def build_lenet5():
    model = keras.Sequential([keras.Input(shape=(28, 28, 1))])
    model.add(layers.Conv2D(6, (5, 5), padding="same", activation="tanh", name="C1"))
    model.add(layers.AvgPool2D(pool_size=2, strides=2))
    model.add(layers.Conv2D(16, (5, 5), padding="valid", activation="tanh", name="C3"))
    model.add(layers.AvgPool2D(pool_size=2, strides=2))
    model.add(layers.Flatten())
    for units in (120, 84):
        model.add(layers.Dense(units))
        model.add(layers.Activation("tanh"))
    model.add(layers.Dense(10))
    return model
