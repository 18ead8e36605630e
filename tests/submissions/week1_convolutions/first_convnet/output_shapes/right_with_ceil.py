# what: recursion over the network, with math.ceil and math.prod
# score: 6
def output_shapes(network, input_shape):
    import math

    if not network:
        return []
    layer, rest = network[0], network[1:]
    if layer[0] == "conv":
        _, filters, size, stride, padding = layer
        lost = 0 if padding == "same" else size - 1
        shape = [math.ceil((n - lost) / stride) for n in input_shape[:2]] + [filters]
    elif layer[0] == "pool":
        height, width, channels = input_shape
        shape = [math.floor(height / layer[1]), math.floor(width / layer[1]), channels]
    elif layer[0] == "flatten":
        shape = [math.prod(input_shape)]
    elif layer[0] == "dense":
        shape = [layer[1]]
    return [tuple(shape)] + output_shapes(rest, shape)
