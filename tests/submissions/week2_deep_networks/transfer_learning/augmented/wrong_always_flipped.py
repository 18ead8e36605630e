# what: mirrored by an operation: always, in inference as well
# fails: in inference the pictures pass unchanged
# fails: in training half of the pictures are mirrored, left to right
# score: 4.67
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    inputs = x = keras.Input(model.input_shape[1:])
    if mirror:
        x = ops.flip(x, axis=2)
    x = layers.RandomRotation(angle / 360)(x)
    x = layers.RandomTranslation(shift, shift)(x)
    x = layers.RandomBrightness(brightness, value_range=value_range)(x)
    return keras.Model(inputs, model(x))
