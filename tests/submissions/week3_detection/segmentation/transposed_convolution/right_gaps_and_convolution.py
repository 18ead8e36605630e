# what: zeros between the pixels, then a convolution with the turned kernel
# score: 12
def transposed_convolution(x, kernels, bias, stride=1, padding=0):
    n, h, w, c = x.shape
    fh, fw, k, _ = kernels.shape
    wide = np.zeros((n, (h - 1) * stride + 1, (w - 1) * stride + 1, c))
    wide[:, ::stride, ::stride] = x
    wide = np.pad(wide, ((0, 0), (fh - 1, fh - 1), (fw - 1, fw - 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (fh, fw), axis=(1, 2))
    y = np.einsum("nijcab,abkc->nijk", windows, kernels[::-1, ::-1])
    return y[:, padding : y.shape[1] - padding, padding : y.shape[2] - padding] + bias
