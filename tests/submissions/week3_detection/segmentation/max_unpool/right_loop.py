# what: pixel by pixel
# score: 5
def max_unpool(x, switches, size):
    n, h, w, c = x.shape
    y = np.zeros((n, h * size, w * size, c))
    for place in np.ndindex(*x.shape):
        b, i, j, k = place
        row, column = divmod(int(switches[place]), size)
        y[b, i * size + row, j * size + column, k] = x[place]
    return y
