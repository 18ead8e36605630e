# what: the output takes the dtype of the images, so averages of integers are cut
# fails: averages of integer images keep their fractions, and large integers do not overflow
# score: 7.11
def pool_forward(x, size, stride, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError("mode is max or average")
    rows = output_size(x.shape[1], size, stride)
    columns = output_size(x.shape[2], size, stride)
    output = np.zeros((x.shape[0], rows, columns, x.shape[3]), dtype=x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = x[:, top : top + size, left : left + size]
            output[:, i, j] = window.max(axis=(1, 2)) if mode == "max" else window.mean(axis=(1, 2))
    return output
