# what: a filter is taken to be flat: the input's channels are left out
# fails: a filter reaches over all channels of its input and has one bias
# fails: the picture's size, the stride and the padding do not change a convolution's count
# fails: random networks have the counts that Keras gives them
# score: 2
def layer_parameters(network, input_shape):
    inputs = [tuple(input_shape)] + output_shapes(network, input_shape)[:-1]
    counts = []
    for (kind, *settings), shape in zip(network, inputs):
        if kind == "conv":
            filters, size, stride, padding = settings
            counts.append((size * size + 1) * filters)
        elif kind == "dense":
            counts.append((shape[-1] + 1) * settings[0])
        else:
            counts.append(0)
    return counts
