# what: biases are counted as multiply-adds
# fails: the example: 120 million multiply-adds directly
# fails: with a 1×1 before it: both convolutions count
# fails: rectangular maps and other windows
# fails: a 1×1 that does not reduce makes it dearer
# score: 0.83
def reduced_cost(height, width, channels, reduced, filters, size):
    pixels = height * width
    direct = pixels * filters * (size**2 * channels + 1)
    with_1x1 = pixels * reduced * (channels + 1) + pixels * filters * (size**2 * reduced + 1)
    return direct, with_1x1, direct / with_1x1
