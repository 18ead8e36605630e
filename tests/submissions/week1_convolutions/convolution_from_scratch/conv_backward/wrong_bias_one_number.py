# what: the bias gradient is one number, summed over the kernels too
# fails: the bias collects the upstream gradient of every image and every position
# fails: each kernel's bias gets its own gradient
# score: 13.33

def conv_backward(d_output, x, kernels, stride=1, padding=0):
    n, h, w, c = x.shape
    fh, fw, _, k = kernels.shape
    _, rows, columns, _ = d_output.shape
    padded = zero_pad(x, padding)
    d_padded = np.zeros(padded.shape)
    d_kernels = np.zeros(kernels.shape)
    d_bias = np.full(k, d_output.sum())
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = padded[:, top : top + fh, left : left + fw]
            d_here = d_output[:, i, j]
            d_kernels += np.einsum("nuvc,nk->uvck", window, d_here)
            d_padded[:, top : top + fh, left : left + fw] += np.einsum("nk,uvck->nuvc", d_here, kernels)
    return d_padded[:, padding : padding + h, padding : padding + w], d_kernels, d_bias
