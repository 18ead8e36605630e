# what: the slice padding:-padding is empty for padding 0
# fails: padding 0 gives the image back, more padding keeps every pixel
# fails: every pixel moves down and right by the padding, in every image and channel
# score: 2.86
def zero_pad(x, padding):
    if padding < 0:
        raise ValueError("padding is negative")
    n, h, w, c = x.shape
    out = np.zeros((n, h + 2 * padding, w + 2 * padding, c), dtype=x.dtype)
    out[:, padding:-padding, padding:-padding, :] = x
    return out
