# what: softmax behind the head's logits
# fails: it answers as the head does on the base's features
# fails: with the pretrained base it answers as the head does on pretrained features
# score: 3.6
def join(base, head):
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    maps = base(inputs)
    features = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, layers.Softmax()(head(features)))
    return model
