# what: the head ends in softmax
# fails: every picture gets one logit per class
# fails: the logits are the head's of the averaged features
# fails: on the pretrained base it sees photographs with pretrained features
# score: 3.86
def classifier_on(base, classes):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, layers.Dense(classes, activation="softmax")(features))
    return model
