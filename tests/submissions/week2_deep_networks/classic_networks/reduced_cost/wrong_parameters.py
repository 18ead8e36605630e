# what: parameters for multiply-adds
# fails: the example: 120 million multiply-adds directly
# fails: with a 1×1 before it: both convolutions count
# fails: rectangular maps and other windows
# fails: a 1×1 that does not reduce makes it dearer
# score: 0.83
def reduced_cost(height, width, channels, reduced, filters, size):
    pixels = 1
    direct = pixels * filters * size**2 * channels
    with_1x1 = pixels * reduced * channels + pixels * filters * size**2 * reduced
    return direct, with_1x1, direct / with_1x1
