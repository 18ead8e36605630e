# what: RandomFlip as it comes: in both directions
# fails: in training half of the pictures are mirrored, left to right
# score: 6.22
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    inputs = x = keras.Input(model.input_shape[1:])
    if mirror:
        x = layers.RandomFlip()(x)
    x = layers.RandomRotation(angle / 360)(x)
    x = layers.RandomTranslation(shift, shift)(x)
    x = layers.RandomBrightness(brightness, value_range=value_range)(x)
    return keras.Model(inputs, model(x))
