# what: the input is overwritten
# fails: it agrees with Keras's convolution with kernels of 1×1
# score: 3.33
def pointwise(x, weights, bias):
    y = x.copy() @ weights + bias
    x -= x.mean()
    return y
