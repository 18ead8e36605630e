# what: groups save parameters, and no work
# fails: with groups, a filter sees the channels of its own group only
# fails: random layers have the shapes and counts that Keras gives them
# score: 5
def layer_counts(height, width, channels, filters, size, stride=1, padding=0, groups=1, bias=True):
    rows = (height + 2 * padding - size) // stride + 1
    columns = (width + 2 * padding - size) // stride + 1
    weights_of_a_filter = size * size * (channels // groups)
    parameters = (weights_of_a_filter + bool(bias)) * filters
    multiply_adds = rows * columns * filters * size * size * channels
    return (rows, columns, filters), parameters, multiply_adds
