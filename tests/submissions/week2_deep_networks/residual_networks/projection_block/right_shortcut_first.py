# what: the shortcut first, by slicing and a 1×1 convolution without stride
# score: 8
def projection_block(input_shape, filters, stride=2):
    inputs = keras.Input(shape=input_shape)
    shortcut = inputs[:, ::stride, ::stride, :]
    shortcut = layers.BatchNormalization(momentum=0.9)(
        layers.Conv2D(filters, 1, use_bias=False)(shortcut)
    )
    y = inputs
    for place, s in enumerate((stride, 1)):
        if place == 1:
            y = layers.Activation("relu")(y)
        y = layers.Conv2D(filters, 3, strides=s, padding="same", use_bias=False)(y)
        y = layers.BatchNormalization(momentum=0.9)(y)
    return keras.Model(inputs, layers.Activation("relu")(shortcut + y))
