# what: builds the frame from blocks of zeros
# score: 5
def zero_pad(x, padding):
    if padding < 0:
        raise ValueError("padding cannot be negative")
    n, h, w, c = x.shape
    side = np.zeros((n, h, padding, c), dtype=x.dtype)
    middle = np.concatenate([side, x, side], axis=2)
    bar = np.zeros((n, padding, w + 2 * padding, c), dtype=x.dtype)
    return np.concatenate([bar, middle, bar], axis=1)
