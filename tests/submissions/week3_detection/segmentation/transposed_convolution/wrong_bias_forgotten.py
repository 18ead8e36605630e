# what: no bias
# fails: every output pixel gets its channel's bias once, even where stamps overlap or none arrives
# fails: all at once: rectangles, several channels, stride, padding and bias agree with Keras
# score: 8
def transposed_convolution(x, kernels, bias, stride=1, padding=0):
    n, h, w, _ = x.shape
    fh, fw, k, _ = kernels.shape
    y = np.zeros((n, (h - 1) * stride + fh, (w - 1) * stride + fw, k))
    for i in range(h):
        for j in range(w):
            stamp = np.einsum("nc,abkc->nabk", x[:, i, j], kernels)
            y[:, i * stride : i * stride + fh, j * stride : j * stride + fw] += stamp
    return y[:, padding : y.shape[1] - padding, padding : y.shape[2] - padding]
