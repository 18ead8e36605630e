# what: the base's layers become the model's own
# fails: the base is one layer of it, frozen; the head can be trained
# score: 4.8
def join(base, head):
    base.trainable = False
    return keras.Model(base.input, head(layers.GlobalAveragePooling2D()(base.output)))
