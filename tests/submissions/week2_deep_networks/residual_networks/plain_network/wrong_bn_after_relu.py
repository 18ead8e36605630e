# what: ReLU before batch norm
# fails: with given weights it computes convolution, batch norm, ReLU, layer by layer, then mean and dense
# score: 4
def plain_network(n, input_shape, classes, width=8, first_stride=1):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 3, strides=first_stride, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    for stage in range(3):
        for i in range(2 * n):
            stride = 2 if stage > 0 and i == 0 else 1
            x = layers.Conv2D(width * 2**stage, 3, strides=stride, padding="same", use_bias=False)(x)
            x = layers.ReLU()(x)
            x = layers.BatchNormalization()(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
