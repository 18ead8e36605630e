# what: the weights are turned on their side
# fails: it agrees with Keras's convolution with kernels of 1×1
# score: 3.33
def pointwise(x, weights, bias):
    return x @ weights.reshape(weights.shape[::-1]).T + bias
