# what: the last of several equal numbers counts
# fails: two windows worked by hand: the switches, in reading order, the first of equals
# fails: in a window of equal numbers the switch is 0
# score: 3.6
def max_pool_with_switches(x, size):
    n, h, w, c = x.shape
    windows = x.reshape(n, h // size, size, w // size, size, c).transpose(0, 1, 3, 5, 2, 4)
    windows = windows.reshape(n, h // size, w // size, c, size * size)
    return windows.max(-1), size * size - 1 - windows[..., ::-1].argmax(-1)
