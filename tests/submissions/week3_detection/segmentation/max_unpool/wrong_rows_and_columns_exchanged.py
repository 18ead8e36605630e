# what: switches are read column by column: the wrong corner
# fails: a row worked by hand: each number goes to its corner
# fails: channels and pictures have switches of their own: random ones, place by place
# score: 2
def max_unpool(x, switches, size):
    n, h, w, c = x.shape
    y = np.zeros((n, h * size, w * size, c))
    for place in np.ndindex(*x.shape):
        b, i, j, k = place
        s = switches[place]
        y[b, i * size + s % size, j * size + s // size, k] = x[place]
    return y
