# what: ReLU after the last convolution
# fails: the outputs are logits: with a last kernel of zero they are its bias, whatever it is
# score: 10.67
def unet(input_shape, classes, width=8, depth=3):
    inputs = x = keras.Input(input_shape)
    kept = []
    for level in range(depth):
        x = two_convolutions(x, width * 2**level)
        kept.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = two_convolutions(x, width * 2**depth)
    for level in reversed(range(depth)):
        skip = kept[level]
        x = expanding_block(x.shape[1:], skip.shape[1:], width * 2**level)([x, skip])
    return keras.Model(inputs, layers.Conv2D(classes, 1, activation="relu")(x))
