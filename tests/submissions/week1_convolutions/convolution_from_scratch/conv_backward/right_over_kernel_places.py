# what: goes through the places of the kernel, with all positions at once
# score: 15

def conv_backward(d_output, x, kernels, stride=1, padding=0):
    n, h, w, _ = x.shape
    fh, fw = kernels.shape[:2]
    rows, columns = d_output.shape[1:3]
    padded = zero_pad(x, padding)
    d_padded = np.zeros(padded.shape)
    d_kernels = np.zeros(kernels.shape)
    for u in range(fh):
        for v in range(fw):
            down = slice(u, u + stride * rows, stride)
            right = slice(v, v + stride * columns, stride)
            d_kernels[u, v] = np.tensordot(padded[:, down, right], d_output, axes=([0, 1, 2], [0, 1, 2]))
            d_padded[:, down, right] += d_output @ kernels[u, v].T
    d_x = d_padded[:, padding : padding + h, padding : padding + w]
    return d_x, d_kernels, np.sum(d_output, axis=(0, 1, 2))
