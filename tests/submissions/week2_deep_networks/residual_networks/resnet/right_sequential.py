# what: all in a Sequential model, shapes worked out by hand
# score: 10
def resnet(n, input_shape, classes, width=16, first_stride=1):
    model = keras.Sequential([keras.Input(input_shape)])
    model.add(layers.Conv2D(width, 3, strides=first_stride, padding="same", use_bias=False))
    model.add(layers.BatchNormalization())
    model.add(layers.Activation("relu"))
    for stage in range(3):
        for number in range(n):
            shape = model.output_shape[1:]
            change = stage > 0 and number == 0
            model.add(projection_block(shape, 2 * shape[-1]) if change else identity_block(shape))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(classes))
    return model
