# what: the base is cloned, which gives it random weights
# fails: the base's own weights are in the model
# fails: the logits are the head's of the averaged features
# fails: on the pretrained base it sees photographs with pretrained features
# score: 3.86
def classifier_on(base, classes):
    base = keras.models.clone_model(base)
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, layers.Dense(classes)(features))
    return model
