# what: windows that stick out at the end are kept
# fails: the output's height and width follow floor((n - f) / s) + 1; batch and channels stay
# fails: windows overlap when the stride is smaller than the size, and leave gaps when it is larger
# fails: an unknown mode and a window that does not fit raise a ValueError
# fails: random images, sizes and strides agree with the definition in both modes
# score: 3.56
def pool_forward(x, size, stride, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError("mode is max or average")
    rows = -(-(x.shape[1] - size) // stride) + 1
    columns = -(-(x.shape[2] - size) // stride) + 1
    output = np.zeros((x.shape[0], rows, columns, x.shape[3]), dtype=float)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = x[:, top : top + size, left : left + size]
            output[:, i, j] = window.max(axis=(1, 2)) if mode == "max" else window.mean(axis=(1, 2))
    return output
