# what: the way up ends one level too early
# fails: a rectangular picture gets logits for each pixel and class
# fails: the outputs are logits: with a last kernel of zero they are its bias, whatever it is
# fails: kernels and channels are those of the picture: they double on the way down and halve on the way up
# fails: the highest skip carries detail: with the way up from below cut, a pixel still moves its own neighbourhood
# fails: gradients reach every kernel
# score: 4
def unet(input_shape, classes, width=8, depth=3):
    inputs = x = keras.Input(input_shape)
    kept = []
    for level in range(depth):
        x = two_convolutions(x, width * 2**level)
        kept.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = two_convolutions(x, width * 2**depth)
    for level in range(depth - 1, 0, -1):
        skip = kept[level]
        x = expanding_block(x.shape[1:], skip.shape[1:], width * 2**level)([x, skip])
    return keras.Model(inputs, layers.Conv2D(classes, 1)(x))
