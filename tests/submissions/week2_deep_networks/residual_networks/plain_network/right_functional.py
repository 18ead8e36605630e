# what: functional, the filters doubled as it goes, activations by name
# score: 6
def plain_network(n, input_shape, classes, width=8, first_stride=1):
    inputs = keras.Input(shape=input_shape)
    settings = [(width, first_stride)]
    for filters, stride in ((width, 1), (2 * width, 2), (4 * width, 2)):
        settings += [(filters, stride)] + [(filters, 1)] * (2 * n - 1)
    x = inputs
    for filters, stride in settings:
        x = layers.Conv2D(filters, (3, 3), stride, "same", use_bias=False)(x)
        x = layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))
    x = ops.mean(x, axis=(1, 2))
    return keras.Model(inputs, layers.Dense(classes)(x))
