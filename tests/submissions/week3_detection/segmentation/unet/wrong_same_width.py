# what: the filters do not double
# fails: kernels and channels are those of the picture: they double on the way down and halve on the way up
# fails: the highest skip carries detail: with the way up from below cut, a pixel still moves its own neighbourhood
# fails: the bottom carries: cutting it off changes the logits
# score: 6.67
def unet(input_shape, classes, width=8, depth=3):
    inputs = x = keras.Input(input_shape)
    kept = []
    for level in range(depth):
        x = two_convolutions(x, width)
        kept.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = two_convolutions(x, width)
    for level in reversed(range(depth)):
        x = expanding_block(x.shape[1:], kept[level].shape[1:], width)([x, kept[level]])
    return keras.Model(inputs, layers.Conv2D(classes, 1)(x))
