# what: the whole model is frozen, the head too
# fails: only the head is trained
# score: 7.71
def classifier_on(base, classes):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, layers.Dense(classes)(features))
    model.trainable = False
    return model
