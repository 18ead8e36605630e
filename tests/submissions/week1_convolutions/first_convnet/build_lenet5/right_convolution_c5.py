# what: C5 as a convolution, padding of C1 by a layer of its own
# score: 8
def build_lenet5():
    inputs = keras.Input((28, 28, 1))
    c1 = layers.Conv2D(6, 5, activation="tanh", name="C1")(layers.ZeroPadding2D(2)(inputs))
    c3 = layers.Conv2D(16, 5, activation="tanh", name="C3")(layers.AveragePooling2D(2)(c1))
    c5 = layers.Conv2D(120, 5, activation="tanh")(layers.AveragePooling2D(2)(c3))
    f6 = layers.Dense(84, activation="tanh")(layers.Reshape((120,))(c5))
    return keras.Model(inputs, layers.Dense(10)(f6))
