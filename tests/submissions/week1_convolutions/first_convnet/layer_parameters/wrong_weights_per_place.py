# what: a convolution has weights of its own at every place of the picture
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
            counts.append((size * size * shape[-1] + 1) * filters * shape[0] * shape[1])
        elif kind == "dense":
            counts.append((shape[-1] + 1) * settings[0])
        else:
            counts.append(0)
    return counts
