# what: multiplies a flat table by the kernels and brings the shape back
# score: 8

def conv_forward_fast(x, kernels, bias, stride=1, padding=0):
    fh, fw, c, k = kernels.shape
    table = im2col(x, fh, fw, stride, padding)
    n, rows, columns, length = table.shape
    flat = np.dot(table.reshape(n * rows * columns, length), kernels.reshape(length, k))
    return (flat + bias).reshape(n, rows, columns, k)
