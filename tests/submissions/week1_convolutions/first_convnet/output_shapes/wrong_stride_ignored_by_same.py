# what: a "same" convolution keeps height and width whatever its stride
# fails: a 'same' convolution with a stride rounds up
# fails: random networks have the shapes that Keras gives them
# score: 4
def output_shapes(network, input_shape):
    shapes, shape = [], tuple(input_shape)
    for kind, *settings in network:
        if kind == "conv":
            filters, size, stride, padding = settings
            if padding == "same":
                rows, columns = (n for n in shape[:2])
            else:
                rows, columns = ((n - size) // stride + 1 for n in shape[:2])
            shape = (rows, columns, filters)
        elif kind == "pool":
            shape = (shape[0] // settings[0], shape[1] // settings[0], shape[2])
        elif kind == "flatten":
            length = 1
            for n in shape:
                length *= n
            shape = (length,)
        else:
            shape = (settings[0],)
        shapes.append(shape)
    return shapes
