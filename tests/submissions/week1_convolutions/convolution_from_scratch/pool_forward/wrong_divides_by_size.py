# what: the sum of the window is divided by its side, not by its number of pixels
# fails: average pooling gives the example worked by hand
# fails: windows overlap when the stride is smaller than the size, and leave gaps when it is larger
# fails: random images, sizes and strides agree with the definition in both modes
# fails: averages of integer images keep their fractions, and large integers do not overflow
# score: 3.56
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
            output[:, i, j] = window.max(axis=(1, 2)) if mode == "max" else window.sum(axis=(1, 2)) / size
    return output
