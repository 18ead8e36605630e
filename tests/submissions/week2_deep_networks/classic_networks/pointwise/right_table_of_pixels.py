# what: a row per pixel, one matrix product, axes back
# score: 5
def pointwise(x, weights, bias):
    n, h, w, c = x.shape
    rows = x.reshape(n * h * w, c)
    return (np.dot(rows, weights) + bias).reshape(n, h, w, weights.shape[1])
