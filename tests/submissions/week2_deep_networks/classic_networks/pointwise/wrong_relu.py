# what: ReLU at the end
# fails: every output channel has its own bias
# fails: it agrees with Keras's convolution with kernels of 1×1
# fails: negative sums stay negative: there is no activation
# score: 1.67
def pointwise(x, weights, bias):
    return np.maximum(x @ weights + bias, 0)
