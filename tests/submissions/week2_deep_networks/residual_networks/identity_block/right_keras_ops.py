# what: addition and ReLU by keras.ops, padding by a layer of its own
# score: 8
def identity_block(input_shape):
    inputs = keras.Input(shape=input_shape)
    y = inputs
    for number in range(2):
        y = layers.ZeroPadding2D(1)(y)
        y = layers.Conv2D(input_shape[2], (3, 3), padding="valid", use_bias=False)(y)
        y = layers.BatchNormalization(epsilon=1e-5)(y)
        if number == 0:
            y = ops.relu(y)
    return keras.Model(inputs=inputs, outputs=ops.relu(ops.add(y, inputs)))
