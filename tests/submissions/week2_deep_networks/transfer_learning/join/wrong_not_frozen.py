# what: the base can be trained
# fails: the base is one layer of it, frozen; the head can be trained
# fails: batch norm is in inference mode also while the model is trained
# score: 3.6
def join(base, head):
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, head(features))
    return model
