# what: puts out probabilities
# fails: the output is a logit: any number, below 0 and above 1 too
# fails: with given weights it computes what the table says
# fails: it can learn eight crops by heart
# score: 1.67
def crop_classifier(side, outputs=1):
    inputs = keras.Input((side, side, 3))
    x = layers.Conv2D(8, 5, activation="relu")(inputs)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(16, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(outputs, activation="sigmoid")(x)
    return keras.Model(inputs, x)
