# what: pictures that are prepared already are prepared again
# fails: the logits are the head's of the averaged features
# fails: on the pretrained base it sees photographs with pretrained features
# score: 5.14
def classifier_on(base, classes):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    prepared = layers.Rescaling(255 / 128, offset=-127 / 128)(inputs)
    maps = base(prepared)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, layers.Dense(classes)(features))
    return model
