# what: switches are places in the whole map
# fails: two windows worked by hand: the switches, in reading order, the first of equals
# fails: at the place that a switch names stands the pooled number
# fails: in a window of equal numbers the switch is 0
# score: 2.4
def max_pool_with_switches(x, size):
    n, h, w, c = x.shape
    windows = x.reshape(n, h // size, size, w // size, size, c).transpose(0, 1, 3, 5, 2, 4)
    windows = windows.reshape(n, h // size, w // size, c, size * size)
    k = windows.argmax(-1)
    i = np.arange(h // size)[None, :, None, None] * size + k // size
    j = np.arange(w // size)[None, None, :, None] * size + k % size
    return windows.max(-1), i * w + j
