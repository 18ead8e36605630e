# what: the input is padded with zeros, as for a convolution
# fails: padding is cut off at all four sides, and only there
# fails: all at once: rectangles, several channels, stride, padding and bias agree with Keras
# fails: it is the adjoint of a convolution: <conv(x), y> = <x, transposed(y)>
# score: 6.67
def transposed_convolution(x, kernels, bias, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    n, h, w, _ = x.shape
    fh, fw, k, _ = kernels.shape
    y = np.zeros((n, (h - 1) * stride + fh, (w - 1) * stride + fw, k))
    for i in range(h):
        for j in range(w):
            stamp = np.einsum("nc,abkc->nabk", x[:, i, j], kernels)
            y[:, i * stride : i * stride + fh, j * stride : j * stride + fw] += stamp
    return y + bias
