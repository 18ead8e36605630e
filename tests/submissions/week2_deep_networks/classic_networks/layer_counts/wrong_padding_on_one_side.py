# what: padding is added on one side only
# fails: the output's height and width follow floor((n + 2p - f) / s) + 1, its channels are the filters
# fails: every number of the output costs as many multiply-adds as its filter has weights
# fails: random layers have the shapes and counts that Keras gives them
# score: 4
def layer_counts(height, width, channels, filters, size, stride=1, padding=0, groups=1, bias=True):
    rows = (height + padding - size) // stride + 1
    columns = (width + padding - size) // stride + 1
    weights_of_a_filter = size * size * (channels // groups)
    parameters = (weights_of_a_filter + bool(bias)) * filters
    multiply_adds = rows * columns * filters * weights_of_a_filter
    return (rows, columns, filters), parameters, multiply_adds
