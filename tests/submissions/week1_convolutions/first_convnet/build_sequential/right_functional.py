# what: the functional API, with ReLU after the pooling (max commutes with it)
# score: 6
def build_sequential(input_shape, classes):
    x = inputs = keras.Input(shape=input_shape)
    for filters in (8, 16):
        x = layers.Conv2D(filters, (3, 3), strides=1, padding="same")(x)
        x = layers.MaxPool2D(2)(x)
        x = layers.ReLU()(x)
    size = x.shape[1] * x.shape[2] * x.shape[3]
    x = layers.Reshape((size,))(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
