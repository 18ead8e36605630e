# what: convolutions without activation
# fails: with given weights it computes what the table says
# score: 3.33
def crop_classifier(side, outputs=1):
    inputs = keras.Input((side, side, 3))
    x = layers.Conv2D(8, 5)(inputs)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(16, 3)(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(32, 3)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(outputs)(x)
    return keras.Model(inputs, x)
