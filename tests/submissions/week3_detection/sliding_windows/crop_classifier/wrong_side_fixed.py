# what: windows are always 32 pixels
# fails: windows of the side go in, one number per output comes out
# fails: the output is a logit: any number, below 0 and above 1 too
# fails: with given weights it computes what the table says
# fails: it can learn eight crops by heart
# score: 0.83
def crop_classifier(side, outputs=1):
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 5, activation="relu")(inputs)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(16, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(outputs)(x)
    return keras.Model(inputs, x)
