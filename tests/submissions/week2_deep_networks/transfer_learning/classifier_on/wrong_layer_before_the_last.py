# what: features from before the base's last activation
# fails: the logits are the head's of the averaged features
# fails: on the pretrained base it sees photographs with pretrained features
# score: 5.14
def classifier_on(base, classes):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = keras.Model(base.inputs, base.layers[-2].output)(inputs)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, layers.Dense(classes)(features))
    return model
