# what: the biases are counted as multiply-adds
# fails: every number of the output costs as many multiply-adds as its filter has weights
# fails: a stride saves work
# fails: with groups, a filter sees the channels of its own group only
# fails: bias=False takes the biases away and nothing else
# fails: random layers have the shapes and counts that Keras gives them
# score: 2
def layer_counts(height, width, channels, filters, size, stride=1, padding=0, groups=1, bias=True):
    rows = (height + 2 * padding - size) // stride + 1
    columns = (width + 2 * padding - size) // stride + 1
    weights_of_a_filter = size * size * (channels // groups)
    parameters = (weights_of_a_filter + bool(bias)) * filters
    multiply_adds = rows * columns * parameters
    return (rows, columns, filters), parameters, multiply_adds
