# what: as a transposed convolution of ones with ones
# score: 4
def overlap_counts(n, f, stride):
    ones = np.zeros((n - 1) * stride + 1, dtype=int)
    ones[::stride] = 1
    return np.convolve(ones, np.ones(f, dtype=int))
