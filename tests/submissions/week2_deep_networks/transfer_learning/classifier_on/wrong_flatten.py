# what: the map is flattened: a weight for every place
# fails: only the head is trained
# fails: the logits are the head's of the averaged features
# fails: on the pretrained base it sees photographs with pretrained features
# score: 3.86
def classifier_on(base, classes):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.Flatten()(maps)
    model = keras.Model(inputs, layers.Dense(classes)(features))
    return model
