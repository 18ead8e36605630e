# what: n identity blocks behind each projection block
# fails: each stage has n blocks, two of them begin with a projection
# fails: the number of trained parameters is that of the formula
# fails: in use it leaves the moving statistics alone, training moves all of them
# fails: with empty branches it computes the start, two projections with stride 2, the mean and the logits
# score: 4.44
def resnet(n, input_shape, classes, width=16, first_stride=1):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 3, strides=first_stride, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    for _ in range(n):
        x = identity_block(x.shape[1:])(x)
    for filters in (2 * width, 4 * width):
        x = projection_block(x.shape[1:], filters)(x)
        for _ in range(n):
            x = identity_block(x.shape[1:])(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
