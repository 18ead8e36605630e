# what: pooling has a coefficient and a bias per map, as in the paper of 1998
# fails: pooling and flatten learn nothing
# fails: random networks have the counts that Keras gives them
# score: 3
def layer_parameters(network, input_shape):
    inputs = [tuple(input_shape)] + output_shapes(network, input_shape)[:-1]
    counts = []
    for (kind, *settings), shape in zip(network, inputs):
        if kind == "conv":
            filters, size, stride, padding = settings
            counts.append((size * size * shape[-1] + 1) * filters)
        elif kind == "dense":
            counts.append((shape[-1] + 1) * settings[0])
        else:
            counts.append(2 * shape[-1] if kind == "pool" else 0)
    return counts
