# what: the base is not frozen; training=False is taken to be enough
# fails: only the head is trained
# fails: batch norm is in inference mode also while the model is trained
# score: 6.43
def classifier_on(base, classes):
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs, training=False)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, layers.Dense(classes)(features))
    return model
