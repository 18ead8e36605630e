# what: carries the shape along by calling output_shapes layer by layer
# score: 6
def layer_parameters(network, input_shape):
    def count(layer, shape):
        if layer[0] == "conv":
            weights = layer[2] ** 2 * shape[2] * layer[1]
            return weights + layer[1]
        if layer[0] == "dense":
            return shape[0] * layer[1] + layer[1]
        return 0

    result, shape = (), tuple(input_shape)
    for layer in network:
        result += (count(layer, shape),)
        shape = output_shapes([layer], shape)[0]
    return result
