# what: the switch is that of the sum over channels
# fails: at the place that a switch names stands the pooled number
# score: 4.8
def max_pool_with_switches(x, size):
    n, h, w, c = x.shape
    windows = x.reshape(n, h // size, size, w // size, size, c).transpose(0, 1, 3, 5, 2, 4)
    windows = windows.reshape(n, h // size, w // size, c, size * size)
    k = windows.sum(axis=3, keepdims=True).argmax(-1)
    return windows.max(-1), np.broadcast_to(k, windows.shape[:-1])
