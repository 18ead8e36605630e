# what: np.floor gives a float
# fails: the result is an int, so that it can be the size of an array
# score: 4.38
def output_size(n, f, stride=1, padding=0):
    if n < 1 or f < 1 or stride < 1 or padding < 0 or f > n + 2 * padding:
        raise ValueError("check the sizes")
    return np.floor((n + 2 * padding - f) / stride) + 1
