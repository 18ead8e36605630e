# what: takes the entry that is furthest from zero and drops its sign
# fails: max pooling gives the example worked by hand
# fails: random images, sizes and strides agree with the definition in both modes
# score: 5.33
def pool_forward(x, size, stride, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError("mode is max or average")
    rows = output_size(x.shape[1], size, stride)
    columns = output_size(x.shape[2], size, stride)
    output = np.zeros((x.shape[0], rows, columns, x.shape[3]), dtype=float)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = x[:, top : top + size, left : left + size]
            output[:, i, j] = np.abs(window).max(axis=(1, 2)) if mode == "max" else window.mean(axis=(1, 2))
    return output
