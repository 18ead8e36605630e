# what: the bias is counted twice
# fails: a filter has a weight for every number under its window, and one bias
# fails: with groups, a filter sees the channels of its own group only
# fails: bias=False takes the biases away and nothing else
# fails: random layers have the shapes and counts that Keras gives them
# score: 3
def layer_counts(height, width, channels, filters, size, stride=1, padding=0, groups=1, bias=True):
    rows = (height + 2 * padding - size) // stride + 1
    columns = (width + 2 * padding - size) // stride + 1
    weights_of_a_filter = size * size * (channels // groups)
    parameters = (weights_of_a_filter + 2 * bool(bias)) * filters
    multiply_adds = rows * columns * filters * weights_of_a_filter
    return (rows, columns, filters), parameters, multiply_adds
