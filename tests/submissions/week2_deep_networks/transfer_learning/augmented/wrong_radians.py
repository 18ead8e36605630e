# what: the angle in radians
# fails: the angle is in degrees, to both sides, another for each picture
# score: 6.22
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    inputs = x = keras.Input(model.input_shape[1:])
    if mirror:
        x = layers.RandomFlip("horizontal")(x)
    x = layers.RandomRotation(float(np.radians(angle)))(x)
    x = layers.RandomTranslation(shift, shift)(x)
    x = layers.RandomBrightness(brightness, value_range=value_range)(x)
    return keras.Model(inputs, model(x))
