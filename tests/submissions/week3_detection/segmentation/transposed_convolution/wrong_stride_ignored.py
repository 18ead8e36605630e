# what: stamps move on by one pixel, whatever the stride
# fails: where stamps overlap they add up: the row worked by hand
# fails: random maps agree with the definition at strides 1, 2 and 3, and stay as they are
# fails: all at once: rectangles, several channels, stride, padding and bias agree with Keras
# fails: it is the adjoint of a convolution: <conv(x), y> = <x, transposed(y)>
# score: 4
def transposed_convolution(x, kernels, bias, stride=1, padding=0):
    n, h, w, _ = x.shape
    fh, fw, k, _ = kernels.shape
    y = np.zeros((n, (h - 1) * stride + fh, (w - 1) * stride + fw, k))
    for i in range(h):
        for j in range(w):
            stamp = np.einsum("nc,abkc->nabk", x[:, i, j], kernels)
            y[:, i : i + fh, j : j + fw] += stamp
    return y[:, padding : y.shape[1] - padding, padding : y.shape[2] - padding] + bias
