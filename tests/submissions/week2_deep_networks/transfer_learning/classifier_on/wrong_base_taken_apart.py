# what: the base's layers become the model's own, so the base is not one layer
# fails: the base's own weights are in the model
# score: 7.71
def classifier_on(base, classes):
    base.trainable = False
    features = layers.GlobalAveragePooling2D()(base.output)
    return keras.Model(base.input, layers.Dense(classes)(features))
