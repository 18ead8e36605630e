# what: a Sequential model; every layer of the base frozen by itself
# score: 9
def classifier_on(base, classes):
    for layer in base.layers:
        layer.trainable = False
    shape = base.input.shape[1:]
    head = [layers.GlobalAveragePooling2D(), layers.Dense(classes)]
    return keras.Sequential([keras.Input(shape), base, *head])
