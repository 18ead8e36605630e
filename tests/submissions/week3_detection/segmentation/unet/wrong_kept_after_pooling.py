# what: the map after pooling is kept, and enlarged again
# fails: the highest skip carries detail: with the way up from below cut, a pixel still moves its own neighbourhood
# score: 9.33
def unet(input_shape, classes, width=8, depth=3):
    inputs = x = keras.Input(input_shape)
    kept = []
    for level in range(depth):
        x = two_convolutions(x, width * 2**level)
        x = layers.MaxPooling2D(2)(x)
        kept.append(layers.UpSampling2D(2)(x))
    x = two_convolutions(x, width * 2**depth)
    for level in reversed(range(depth)):
        skip = kept[level]
        x = expanding_block(x.shape[1:], skip.shape[1:], width * 2**level)([x, skip])
    return keras.Model(inputs, layers.Conv2D(classes, 1)(x))
