# what: the pixels come back in another order
# fails: it agrees with Keras's convolution with kernels of 1×1
# score: 3.33
def pointwise(x, weights, bias):
    n, h, w, c = x.shape
    rows = x.transpose(0, 2, 1, 3).reshape(-1, c)
    return (rows @ weights + bias).reshape(n, h, w, -1)
