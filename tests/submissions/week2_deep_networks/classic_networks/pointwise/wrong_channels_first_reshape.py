# what: reshape for transpose: channels and pixels are mixed up
# fails: it agrees with Keras's convolution with kernels of 1×1
# score: 3.33
def pointwise(x, weights, bias):
    n, h, w, c = x.shape
    rows = x.reshape(c, n * h * w).T
    return (rows @ weights + bias).reshape(n, h, w, -1)
