# what: the kernels' gradient reads images that were padded below and on the right only
# fails: with stride 2 and padding 1, d_kernels agrees with the numeric gradient
# fails: d_kernels agrees with the numeric gradient for any shape, stride and padding
# score: 10.83

def conv_backward(d_output, x, kernels, stride=1, padding=0):
    n, h, w, c = x.shape
    fh, fw, _, k = kernels.shape
    _, rows, columns, _ = d_output.shape
    padded = zero_pad(x, padding)
    shifted = np.roll(padded, (-padding, -padding), axis=(1, 2))
    d_padded = np.zeros(padded.shape)
    d_kernels = np.zeros(kernels.shape)
    d_bias = d_output.sum(axis=(0, 1, 2))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = shifted[:, top : top + fh, left : left + fw]
            d_here = d_output[:, i, j]
            d_kernels += np.einsum("nuvc,nk->uvck", window, d_here)
            d_padded[:, top : top + fh, left : left + fw] += np.einsum("nk,uvck->nuvc", d_here, kernels)
    return d_padded[:, padding : padding + h, padding : padding + w], d_kernels, d_bias
