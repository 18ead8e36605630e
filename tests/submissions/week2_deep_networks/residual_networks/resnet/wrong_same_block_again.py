# what: one identity block per stage, called again and again
# fails: each stage has n blocks, two of them begin with a projection
# fails: the number of trained parameters is that of the formula
# fails: in use it leaves the moving statistics alone, training moves all of them
# score: 6.67
def resnet(n, input_shape, classes, width=16, first_stride=1):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 3, strides=first_stride, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    block = identity_block(x.shape[1:])
    for _ in range(n):
        x = block(x)
    for filters in (2 * width, 4 * width):
        x = projection_block(x.shape[1:], filters)(x)
        block = identity_block(x.shape[1:])
        for _ in range(n - 1):
            x = block(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
