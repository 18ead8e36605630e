# what: pictures move up and down only
# fails: pictures move in both directions by up to the given part of their size
# score: 6.22
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    inputs = x = keras.Input(model.input_shape[1:])
    if mirror:
        x = layers.RandomFlip("horizontal")(x)
    x = layers.RandomRotation(angle / 360)(x)
    x = layers.RandomTranslation(shift, 0)(x)
    x = layers.RandomBrightness(brightness, value_range=value_range)(x)
    return keras.Model(inputs, model(x))
