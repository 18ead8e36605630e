# what: a function for each kind of layer, forks by a loop over lists
# score: 10
def network_table(input_shape, layers):
    def conv(shape, *settings):
        return layer_counts(*shape, *settings)

    def depthwise(shape, size, stride=1, padding=0, bias=True):
        c = shape[2]
        return layer_counts(*shape, c, size, stride, padding, c, bias)

    def pool(shape, size, stride=1, padding=0):
        h, w, c = shape
        h, w = ((n + 2 * padding - size) // stride + 1 for n in (h, w))
        return (h, w, c), 0, 0

    def dense(shape, units):
        (n,) = shape
        return (units,), n * units + units, n * units

    def branches(shape, *all_branches):
        channels = parameters = work = 0
        for branch in all_branches:
            rows = network_table(shape, branch)
            (h, w, c) = rows[-1][0]
            channels += c
            parameters += sum(np.array([row[1] for row in rows]).tolist())
            work += sum(row[2] for row in rows)
        return (h, w, channels), parameters, work

    kinds = {
        "conv": conv,
        "depthwise": depthwise,
        "pool": pool,
        "dense": dense,
        "branches": branches,
        "batch_norm": lambda shape: (shape, 4 * shape[-1], 0),
        "global_pool": lambda shape: (shape[2:], 0, 0),
        "flatten": lambda shape: ((int(np.prod(shape)),), 0, 0),
    }
    table, shape = [], tuple(input_shape)
    for layer in layers:
        row = kinds[layer[0]](shape, *layer[1:])
        shape = row[0]
        table.append(row)
    return table
