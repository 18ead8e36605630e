# what: the first stage begins with a projection as well
# fails: each stage has n blocks, two of them begin with a projection
# fails: the number of trained parameters is that of the formula
# fails: with empty branches it computes the start, two projections with stride 2, the mean and the logits
# fails: in use it leaves the moving statistics alone, training moves all of them
# score: 4.44
def resnet(n, input_shape, classes, width=16, first_stride=1):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 3, strides=first_stride, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    for stage in range(3):
        x = projection_block(x.shape[1:], width * 2**stage, 2 if stage else 1)(x)
        for _ in range(n - 1):
            x = identity_block(x.shape[1:])(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
