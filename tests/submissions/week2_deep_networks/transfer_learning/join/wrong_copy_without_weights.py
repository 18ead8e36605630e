# what: the base is cloned, which gives it random weights
# fails: it answers as the head does on the base's features
# fails: it has the weights of both, and no others
# fails: with the pretrained base it answers as the head does on pretrained features
# score: 2.4
def join(base, head):
    base = keras.models.clone_model(base)
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, head(features))
    return model
