# what: reshapes without bringing the window's axes together
# fails: two windows worked by hand: the largest numbers
# fails: two windows worked by hand: the switches, in reading order, the first of equals
# fails: the pooled maps are those of plain max pooling: batch, channels and rectangles included
# fails: at the place that a switch names stands the pooled number
# score: 1.2
def max_pool_with_switches(x, size):
    n, h, w, c = x.shape
    windows = x.reshape(n, h // size, w // size, c, size * size)
    return windows.max(-1), windows.argmax(-1)
