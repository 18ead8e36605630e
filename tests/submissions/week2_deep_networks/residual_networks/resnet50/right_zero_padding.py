# what: padded as in keras.applications, the end by hand
# score: 10
def resnet50(input_shape, classes, width=64, blocks=(3, 4, 6, 3)):
    inputs = keras.Input(shape=input_shape)
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.Conv2D(width, 7, strides=2, use_bias=True)(x)
    x = layers.Activation("relu")(layers.BatchNormalization(epsilon=1.001e-5)(x))
    x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))
    for place, count in enumerate(blocks):
        strides = [1 if place == 0 else 2] + [1] * (count - 1)
        for stride in strides:
            block = bottleneck_block(tuple(x.shape[1:]), width * 2**place, stride)
            x = block(x)
    x = ops.mean(x, axis=[1, 2])
    return keras.Model(inputs=inputs, outputs=layers.Dense(classes)(x))
