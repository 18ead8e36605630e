# what: the branches of a fork are run one behind the other
# fails: a fork is one row: channels, parameters and multiply-adds of its branches add up
# fails: forks may follow one another and hold a depthwise layer or a fork
# score: 7.78
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
            multiply_adds = shape[0] * settings[0]
            shape = (settings[0],)
        elif kind == "branches":
            tables = []
            for branch in settings:
                tables.append(network_table(tables[-1][-1][0] if tables else shape, branch))
            parameters = sum(row[1] for table in tables for row in table)
            multiply_adds = sum(row[2] for table in tables for row in table)
            ends = [table[-1][0] for table in tables]
            shape = (*ends[0][:2], sum(end[-1] for end in ends))
        else:
            raise ValueError(f"no layer is called {kind!r}")
        rows.append((shape, parameters, multiply_adds))
    return rows
