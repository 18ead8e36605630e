# what: maps are taken to be square
# fails: rectangular maps and other windows
# fails: a 1×1 that does not reduce makes it dearer
# score: 2.5
def reduced_cost(height, width, channels, reduced, filters, size):
    pixels = height * height
    direct = pixels * filters * size**2 * channels
    with_1x1 = pixels * reduced * channels + pixels * filters * size**2 * reduced
    return direct, with_1x1, direct / with_1x1
