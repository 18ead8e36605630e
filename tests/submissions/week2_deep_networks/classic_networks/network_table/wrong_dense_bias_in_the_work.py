# what: a dense layer's biases count as multiply-adds
# fails: the example by hand: a convolution, pooling, flatten, a dense layer
# fails: batch norm has four numbers per channel; global pooling leaves one number per channel
# fails: a grouped convolution with a stride, inside a network that ends in two dense layers
# score: 5.56
def network_table(input_shape, layers):
    rows = []
    shape = tuple(input_shape)
    for kind, *settings in layers:
        parameters = multiply_adds = 0
        if kind == "conv":
            shape, parameters, multiply_adds = layer_counts(*shape, *settings)
        elif kind == "depthwise":
            # One filter per channel: as many groups and filters as channels.
            named = dict(zip(("size", "stride", "padding", "bias"), settings, strict=False))
            channels = shape[-1]
            shape, parameters, multiply_adds = layer_counts(
                *shape, filters=channels, groups=channels, **named
            )
        elif kind == "pool":
            window = layer_counts(*shape, 1, *settings)[0]
            shape = (*window[:2], shape[-1])
        elif kind == "batch_norm":
            parameters = 4 * shape[-1]
        elif kind == "global_pool":
            shape = (shape[-1],)
        elif kind == "flatten":
            shape = (math.prod(shape),)
        elif kind == "dense":
            parameters = (shape[0] + 1) * settings[0]
            multiply_adds = parameters
            shape = (settings[0],)
        elif kind == "branches":
            tables = [network_table(shape, branch) for branch in settings]
            parameters = sum(row[1] for table in tables for row in table)
            multiply_adds = sum(row[2] for table in tables for row in table)
            ends = [table[-1][0] for table in tables]
            shape = (*ends[0][:2], sum(end[-1] for end in ends))
        else:
            raise ValueError(f"no layer is called {kind!r}")
        rows.append((shape, parameters, multiply_adds))
    return rows
