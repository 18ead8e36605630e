# what: the head is frozen too
# fails: the base is one layer of it, frozen; the head can be trained
# score: 4.8
def join(base, head):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, head(features))
    model.trainable = False
    return model
