# what: the bias is forgotten
# fails: every output channel has its own bias
# fails: it agrees with Keras's convolution with kernels of 1×1
# score: 2.5
def pointwise(x, weights, bias):
    return x @ weights
