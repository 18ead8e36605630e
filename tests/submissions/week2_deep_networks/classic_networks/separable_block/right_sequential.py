# what: a chain with explicit names of the arguments
# score: 8
def separable_block(input_shape, filters, stride=1):
    return keras.Sequential(
        [
            keras.Input(shape=input_shape),
            layers.DepthwiseConv2D((3, 3), strides=(stride, stride), padding="same", use_bias=False),
            layers.BatchNormalization(axis=-1),
            layers.Activation("relu"),
            layers.Conv2D(filters, (1, 1), padding="valid", use_bias=False),
            layers.BatchNormalization(axis=-1),
            layers.Activation("relu"),
        ]
    )
