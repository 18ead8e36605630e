# what: the kernels' gradient is that of the first image only
# fails: the kernels' gradient is summed over the batch, not taken from one image or averaged
# fails: with stride 2 and padding 1, d_kernels agrees with the numeric gradient
# fails: d_kernels agrees with the numeric gradient for any shape, stride and padding
# score: 10

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
            top, left = i * stride, j * stride
            window = padded[:, top : top + fh, left : left + fw]
            d_here = d_output[:, i, j]
            d_kernels += np.einsum("nuvc,nk->uvck", window[:1], d_here[:1])
            d_padded[:, top : top + fh, left : left + fw] += np.einsum("nk,uvck->nuvc", d_here, kernels)
    return d_padded[:, padding : padding + h, padding : padding + w], d_kernels, d_bias
