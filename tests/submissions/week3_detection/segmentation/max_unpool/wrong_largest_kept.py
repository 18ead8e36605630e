# what: combines the places by their maximum: numbers below zero are lost
# fails: numbers below zero and the zeros round them are kept apart
# fails: channels and pictures have switches of their own: random ones, place by place
# score: 2
def max_unpool(x, switches, size):
    n, h, w, c = x.shape
    y = np.zeros((n, h * size, w * size, c))
    for k in range(size * size):
        part = y[:, k // size :: size, k % size :: size]
        part[...] = np.maximum(part, np.where(switches == k, x, 0))
    return y
