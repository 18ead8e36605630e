# what: the backward pass goes through the windows one pixel apart, whatever the stride
# fails: with stride 2 and padding 1, d_x agrees with the numeric gradient
# fails: with stride 2 and padding 1, d_kernels agrees with the numeric gradient
# fails: pixels that no window covers get a gradient of 0
# fails: d_x agrees with the numeric gradient for any shape, stride and padding
# fails: d_kernels agrees with the numeric gradient for any shape, stride and padding
# score: 5.83

def conv_backward(d_output, x, kernels, stride=1, padding=0):
    n, h, w, c = x.shape
    fh, fw, _, k = kernels.shape
    _, rows, columns, _ = d_output.shape
    padded = zero_pad(x, padding)
    d_padded = np.zeros(padded.shape)
    d_kernels = np.zeros(kernels.shape)
    d_bias = d_output.sum(axis=(0, 1, 2))
    for i in range(rows):
        for j in range(columns):
            top, left = i, j
            window = padded[:, top : top + fh, left : left + fw]
            d_here = d_output[:, i, j]
            d_kernels += np.einsum("nuvc,nk->uvck", window, d_here)
            d_padded[:, top : top + fh, left : left + fw] += np.einsum("nk,uvck->nuvc", d_here, kernels)
    return d_padded[:, padding : padding + h, padding : padding + w], d_kernels, d_bias
