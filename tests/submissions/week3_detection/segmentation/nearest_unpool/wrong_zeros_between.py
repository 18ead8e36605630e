# what: a number goes to the upper left corner of its block, zeros elsewhere
# fails: each number becomes a block of equal numbers
# fails: output pixel (i, j) is the input pixel (i // size, j // size)
# score: 1
def nearest_unpool(x, size):
    n, h, w, c = x.shape
    y = np.zeros((n, h * size, w * size, c))
    y[:, ::size, ::size] = x
    return y
