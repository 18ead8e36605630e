# what: the shortcut is decided by comparing shapes, settings of keras.applications
# score: 8
def bottleneck_block(input_shape, filters, stride=1):
    def conv_norm(x, count, size, strides=1):
        x = layers.Conv2D(count, size, strides=strides, padding="same")(x)
        return layers.BatchNormalization(epsilon=1.001e-5)(x)

    inputs = keras.Input(shape=input_shape)
    x = layers.Activation("relu")(conv_norm(inputs, filters, 1, stride))
    x = layers.Activation("relu")(conv_norm(x, filters, 3))
    x = conv_norm(x, filters * 4, 1)
    fits = stride == 1 and inputs.shape[-1] == x.shape[-1]
    shortcut = inputs if fits else conv_norm(inputs, filters * 4, 1, stride)
    return keras.Model(inputs, layers.Activation("relu")(layers.Add()([shortcut, x])))
