# what: the answers for a picture and its mirror image are averaged in place of the draw
# fails: in inference the pictures pass unchanged
# fails: in training half of the pictures are mirrored, left to right
# score: 4.67
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    inputs = x = keras.Input(model.input_shape[1:])
    x = layers.RandomRotation(angle / 360)(x)
    x = layers.RandomTranslation(shift, shift)(x)
    x = layers.RandomBrightness(brightness, value_range=value_range)(x)
    return keras.Model(inputs, (model(x) + model(ops.flip(x, axis=2))) / 2 if mirror else model(x))
