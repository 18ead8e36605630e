# what: switches are taken to begin at 1
# fails: a row worked by hand: each number goes to its corner
# fails: pooling the result gives the numbers back
# fails: numbers below zero and the zeros round them are kept apart
# fails: channels and pictures have switches of their own: random ones, place by place
# score: 0
def max_unpool(x, switches, size):
    n, h, w, c = x.shape
    y = np.zeros((n, h * size, w * size, c))
    for k in range(size * size):
        y[:, k // size :: size, k % size :: size] = np.where(switches - 1 == k, x, 0)
    return y
