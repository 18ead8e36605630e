# what: the argument mirror is ignored
# fails: mirror=False mirrors nothing
# fails: the angle is in degrees, to both sides, another for each picture
# score: 5.44
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    inputs = x = keras.Input(model.input_shape[1:])
    x = layers.RandomFlip("horizontal")(x)
    x = layers.RandomRotation(angle / 360)(x)
    x = layers.RandomTranslation(shift, shift)(x)
    x = layers.RandomBrightness(brightness, value_range=value_range)(x)
    return keras.Model(inputs, model(x))
