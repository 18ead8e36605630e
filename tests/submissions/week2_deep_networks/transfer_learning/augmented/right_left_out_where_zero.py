# what: a layer for each change that is asked for, brightness first
# score: 7
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    inputs = x = keras.Input(shape=model.input_shape[1:])
    if brightness:
        x = layers.RandomBrightness(brightness, value_range=list(value_range))(x)
    if angle:
        x = layers.RandomRotation(np.radians(angle) / (2 * np.pi))(x)
    if shift:
        x = layers.RandomTranslation(height_factor=shift, width_factor=shift)(x)
    if mirror:
        x = layers.RandomFlip(mode="horizontal")(x)
    return keras.Model(inputs=inputs, outputs=model(x))
