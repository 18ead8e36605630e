# what: the whole model is frozen
# fails: the model behind keeps its weights, its frozen layers and its two modes
# score: 6.22
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    inputs = x = keras.Input(model.input_shape[1:])
    model.trainable = False
    if mirror:
        x = layers.RandomFlip("horizontal")(x)
    x = layers.RandomRotation(angle / 360)(x)
    x = layers.RandomTranslation(shift, shift)(x)
    x = layers.RandomBrightness(brightness, value_range=value_range)(x)
    return keras.Model(inputs, model(x))
