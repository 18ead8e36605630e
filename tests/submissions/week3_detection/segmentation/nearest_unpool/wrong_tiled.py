# what: copies of the whole map are laid side by side
# fails: each number becomes a block of equal numbers
# fails: taking every size-th row and column gives the small map back
# fails: output pixel (i, j) is the input pixel (i // size, j // size)
# score: 0
def nearest_unpool(x, size):
    return np.tile(x, (1, size, size, 1))
