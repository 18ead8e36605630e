# what: the sum over all pixels, as a dense layer on the flattened map
# fails: it agrees with Keras's convolution with kernels of 1×1
# fails: negative sums stay negative: there is no activation
# score: 2.5
def pointwise(x, weights, bias):
    y = x.sum(axis=(1, 2), keepdims=True) @ weights + bias
    return np.broadcast_to(y, (*x.shape[:3], y.shape[-1])).copy()
