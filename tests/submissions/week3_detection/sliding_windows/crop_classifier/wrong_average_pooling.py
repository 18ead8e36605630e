# what: average in place of max pooling
# fails: with given weights it computes what the table says
# score: 3.33
def crop_classifier(side, outputs=1):
    inputs = keras.Input((side, side, 3))
    x = layers.Conv2D(8, 5, activation="relu")(inputs)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(16, 3, activation="relu")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(outputs)(x)
    return keras.Model(inputs, x)
