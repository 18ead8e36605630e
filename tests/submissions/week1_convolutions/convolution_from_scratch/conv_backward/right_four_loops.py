# what: four nested loops, one image, position and kernel at a time
# score: 15

def conv_backward(d_output, x, kernels, stride=1, padding=0):
    fh, fw = kernels.shape[:2]
    padded = zero_pad(x, padding)
    d_padded, d_kernels = np.zeros(padded.shape), np.zeros(kernels.shape)
    d_bias = np.zeros(kernels.shape[3])
    for n, i, j, k in np.ndindex(d_output.shape):
        d = d_output[n, i, j, k]
        down = slice(i * stride, i * stride + fh)
        right = slice(j * stride, j * stride + fw)
        d_padded[n, down, right] += d * kernels[..., k]
        d_kernels[..., k] += d * padded[n, down, right]
        d_bias[k] += d
    height, width = x.shape[1:3]
    return d_padded[:, padding:, padding:][:, :height, :width], d_kernels, d_bias
