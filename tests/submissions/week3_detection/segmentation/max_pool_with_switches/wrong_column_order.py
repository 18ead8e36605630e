# what: places are numbered column by column
# fails: two windows worked by hand: the switches, in reading order, the first of equals
# fails: at the place that a switch names stands the pooled number
# score: 3.6
def max_pool_with_switches(x, size):
    n, h, w, c = x.shape
    windows = x.reshape(n, h // size, size, w // size, size, c).transpose(0, 1, 3, 5, 4, 2)
    windows = windows.reshape(n, h // size, w // size, c, size * size)
    return windows.max(-1), windows.argmax(-1)
