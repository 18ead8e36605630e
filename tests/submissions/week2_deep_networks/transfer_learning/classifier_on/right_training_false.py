# what: says training=False as well, and takes the mean by keras.ops
# score: 9
def classifier_on(base, classes):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs, training=False)
    features = ops.mean(maps, axis=(1, 2))
    model = keras.Model(inputs, layers.Dense(classes)(features))
    return model
