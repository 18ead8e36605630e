# what: height and width are swapped
# fails: the output's height and width follow floor((n + 2p - f) / s) + 1, its channels are the filters
# fails: random layers have the shapes and counts that Keras gives them
# score: 5
def layer_counts(height, width, channels, filters, size, stride=1, padding=0, groups=1, bias=True):
    rows = (height + 2 * padding - size) // stride + 1
    columns = (width + 2 * padding - size) // stride + 1
    weights_of_a_filter = size * size * (channels // groups)
    parameters = (weights_of_a_filter + bool(bias)) * filters
    multiply_adds = rows * columns * filters * weights_of_a_filter
    return (columns, rows, filters), parameters, multiply_adds
