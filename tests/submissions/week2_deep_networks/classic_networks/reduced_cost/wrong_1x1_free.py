# what: the 1×1 is taken to cost nothing
# fails: with a 1×1 before it: both convolutions count
# fails: rectangular maps and other windows
# fails: a 1×1 that does not reduce makes it dearer
# score: 1.67
def reduced_cost(height, width, channels, reduced, filters, size):
    pixels = height * width
    direct = pixels * filters * size**2 * channels
    with_1x1 = pixels * filters * size**2 * reduced
    return direct, with_1x1, direct / with_1x1
