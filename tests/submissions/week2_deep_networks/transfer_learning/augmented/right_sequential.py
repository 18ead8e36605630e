# what: a chain
# score: 7
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    chain = [keras.Input(model.input_shape[1:])]
    chain += [layers.RandomFlip("horizontal")] * bool(mirror)
    chain += [
        layers.RandomTranslation((-shift, shift), (-shift, shift), fill_mode="nearest"),
        layers.RandomRotation((-angle / 360, angle / 360), fill_mode="constant"),
        layers.RandomBrightness((-brightness, brightness), value_range),
        model,
    ]
    return keras.Sequential(chain)
