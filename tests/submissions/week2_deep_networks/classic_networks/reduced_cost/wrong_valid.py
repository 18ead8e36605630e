# what: the output is taken to be smaller than the input
# fails: the example: 120 million multiply-adds directly
# fails: with a 1×1 before it: both convolutions count
# fails: rectangular maps and other windows
# score: 1.67
def reduced_cost(height, width, channels, reduced, filters, size):
    pixels = height * width
    direct = (height - size + 1) * (width - size + 1) * filters * size**2 * channels
    with_1x1 = pixels * reduced * channels + (height - size + 1) * (width - size + 1) * filters * size**2 * reduced
    return direct, with_1x1, direct / with_1x1
