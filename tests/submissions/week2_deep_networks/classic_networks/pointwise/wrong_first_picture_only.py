# what: only the first picture is used
# fails: it agrees with Keras's convolution with kernels of 1×1
# score: 3.33
def pointwise(x, weights, bias):
    return np.stack([x[0] @ weights + bias] * len(x))
