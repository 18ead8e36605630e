# what: every number goes to the upper left corner
# fails: a row worked by hand: each number goes to its corner
# fails: channels and pictures have switches of their own: random ones, place by place
# score: 2
def max_unpool(x, switches, size):
    n, h, w, c = x.shape
    y = np.zeros((n, h * size, w * size, c))
    y[:, ::size, ::size] = x
    return y
