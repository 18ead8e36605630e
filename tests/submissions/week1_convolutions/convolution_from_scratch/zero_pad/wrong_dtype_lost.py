# what: float32 images become float64
# fails: the dtype stays and the image that was passed in is unchanged
# score: 4.29
def zero_pad(x, padding):
    n, h, w, c = x.shape
    out = np.zeros((n, h + 2 * padding, w + 2 * padding, c))
    out[:, padding : padding + h, padding : padding + w, :] = x
    return out
