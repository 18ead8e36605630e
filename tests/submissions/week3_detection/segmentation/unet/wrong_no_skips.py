# what: skip connections are missing: only the way down and up
# fails: kernels and channels are those of the picture: they double on the way down and halve on the way up
# fails: the highest skip carries detail: with the way up from below cut, a pixel still moves its own neighbourhood
# fails: the lower skips carry as well: with the bottom cut, a pixel reaches further than through the highest
# score: 5.33
def unet(input_shape, classes, width=8, depth=3):
    inputs = x = keras.Input(input_shape)
    for level in range(depth):
        x = two_convolutions(x, width * 2**level)
        x = layers.MaxPooling2D(2)(x)
    x = two_convolutions(x, width * 2**depth)
    for level in reversed(range(depth)):
        x = layers.Conv2DTranspose(width * 2**level, 2, strides=2)(x)
        x = two_convolutions(x, width * 2**level)
    return keras.Model(inputs, layers.Conv2D(classes, 1)(x))
