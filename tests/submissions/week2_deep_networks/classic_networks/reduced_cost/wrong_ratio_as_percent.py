# what: the saving in percent for the ratio
# fails: the ratio says how many times cheaper the second way is
# fails: rectangular maps and other windows
# score: 2.5
def reduced_cost(height, width, channels, reduced, filters, size):
    pixels = height * width
    direct = pixels * filters * size**2 * channels
    with_1x1 = pixels * reduced * channels + pixels * filters * size**2 * reduced
    return direct, with_1x1, 100 * (1 - with_1x1 / direct)
