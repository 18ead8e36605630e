# what: one line per box, ReLU as layers, pooled branch last
# score: 10
def inception_module(input_shape, one, three, five, pool):
    inputs = keras.Input(input_shape)
    a = layers.ReLU()(layers.Conv2D(one, 1)(inputs))
    b = layers.ReLU()(layers.Conv2D(three[0], 1)(inputs))
    b = layers.ReLU()(layers.Conv2D(three[1], 3, padding="same")(b))
    c = layers.ReLU()(layers.Conv2D(five[0], 1)(inputs))
    c = layers.ReLU()(layers.Conv2D(five[1], 5, padding="same")(c))
    d = layers.MaxPool2D((3, 3), (1, 1), "same")(inputs)
    d = layers.ReLU()(layers.Conv2D(pool, 1)(d))
    return keras.Model(inputs=inputs, outputs=ops.concatenate([a, b, c, d], axis=3))
