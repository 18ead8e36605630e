# what: goes through the output positions and adds window by window
# score: 5

def col2im(columns, shape, height, width, stride=1, padding=0):
    n, h, w, c = shape
    padded = np.zeros((n, h + 2 * padding, w + 2 * padding, c))
    for i in range(columns.shape[1]):
        for j in range(columns.shape[2]):
            window = columns[:, i, j].reshape(n, height, width, c)
            padded[:, i * stride : i * stride + height, j * stride : j * stride + width] += window
    if padding:
        padded = padded[:, padding:-padding, padding:-padding]
    return padded
