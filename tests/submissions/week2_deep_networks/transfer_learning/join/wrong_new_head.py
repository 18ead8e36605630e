# what: a new dense layer in place of the head
# fails: it answers as the head does on the base's features
# fails: it has the weights of both, and no others
# fails: the base is one layer of it, frozen; the head can be trained
# fails: with the pretrained base it answers as the head does on pretrained features
# score: 1.2
def join(base, head):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, layers.Dense(head.layers[-1].units)(features))
    return model
