# what: as a Kronecker product with a block of ones
# score: 3
def nearest_unpool(x, size):
    return np.kron(x, np.ones((1, size, size, 1)))
