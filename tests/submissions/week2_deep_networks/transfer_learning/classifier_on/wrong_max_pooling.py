# what: the maximum over the map in place of the mean
# fails: the logits are the head's of the averaged features
# fails: on the pretrained base it sees photographs with pretrained features
# score: 5.14
def classifier_on(base, classes):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.GlobalMaxPooling2D()(maps)
    model = keras.Model(inputs, layers.Dense(classes)(features))
    return model
