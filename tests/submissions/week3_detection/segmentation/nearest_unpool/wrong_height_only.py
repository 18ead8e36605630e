# what: only rows are repeated
# fails: each number becomes a block of equal numbers
# fails: taking every size-th row and column gives the small map back
# fails: output pixel (i, j) is the input pixel (i // size, j // size)
# score: 0
def nearest_unpool(x, size):
    return np.repeat(x, size, axis=1)
