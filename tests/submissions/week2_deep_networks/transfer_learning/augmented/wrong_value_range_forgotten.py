# what: brightness for pixels up to 255
# fails: brightness fits the range of the pixels
# fails: another range of pixels is respected
# score: 5.44
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    inputs = x = keras.Input(model.input_shape[1:])
    if mirror:
        x = layers.RandomFlip("horizontal")(x)
    x = layers.RandomRotation(angle / 360)(x)
    x = layers.RandomTranslation(shift, shift)(x)
    x = layers.RandomBrightness(brightness)(x)
    return keras.Model(inputs, model(x))
