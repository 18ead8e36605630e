# what: the first channel's switches for all channels
# fails: channels and pictures have switches of their own: random ones, place by place
# score: 3
def max_unpool(x, switches, size):
    n, h, w, c = x.shape
    y = np.zeros((n, h * size, w * size, c))
    for k in range(size * size):
        y[:, k // size :: size, k % size :: size] = np.where(switches[..., :1] == k, x, 0)
    return y
