# what: collects the kernels' gradient in the kernels themselves
# fails: the upstream gradient, the images and the kernels are left as they are
# score: 14.17

def conv_backward(d_output, x, kernels, stride=1, padding=0):
    n, h, w, c = x.shape
    fh, fw, _, k = kernels.shape
    _, rows, columns, _ = d_output.shape
    padded = zero_pad(x, padding)
    d_padded = np.zeros(padded.shape)
    d_kernels, kernels = kernels, kernels.copy()
    d_kernels[:] = 0
    d_bias = d_output.sum(axis=(0, 1, 2))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = padded[:, top : top + fh, left : left + fw]
            d_here = d_output[:, i, j]
            d_kernels += np.einsum("nuvc,nk->uvck", window, d_here)
            d_padded[:, top : top + fh, left : left + fw] += np.einsum("nk,uvck->nuvc", d_here, kernels)
    return d_padded[:, padding : padding + h, padding : padding + w], d_kernels, d_bias
