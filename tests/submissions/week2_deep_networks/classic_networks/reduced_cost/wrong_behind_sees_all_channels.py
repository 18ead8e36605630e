# what: the convolution behind still sees all channels
# fails: with a 1×1 before it: both convolutions count
# fails: rectangular maps and other windows
# score: 2.5
def reduced_cost(height, width, channels, reduced, filters, size):
    pixels = height * width
    direct = pixels * filters * size**2 * channels
    with_1x1 = pixels * reduced * channels + pixels * filters * size**2 * channels
    return direct, with_1x1, direct / with_1x1
