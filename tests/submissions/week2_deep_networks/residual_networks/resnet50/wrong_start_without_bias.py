# what: the first convolution has no bias
# fails: the number of trained parameters follows the table
# fails: left alone, it has the width and the blocks of ResNet-50
# fails: with empty branches it computes start, pooling, four projections, mean and logits
# score: 3.75
def resnet50(input_shape, classes, width=64, blocks=(3, 4, 6, 3)):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 7, strides=2, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    filters = width
    for stage in range(len(blocks)):
        for number in range(blocks[stage]):
            stride = 2 if stage > 0 and number == 0 else 1
            x = bottleneck_block(x.shape[1:], filters, stride)(x)
        filters *= 2
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
