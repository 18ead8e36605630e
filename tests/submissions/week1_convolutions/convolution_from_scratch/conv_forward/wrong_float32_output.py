# what: the output is always float32, too coarse for the numeric gradients to come
# fails: a 3 × 4 image under a 2 × 2 kernel, worked by hand, with NumPy alone
# score: 11
def conv_forward(x, kernels, bias, stride=1, padding=0):
    fh, fw, channels, count = kernels.shape
    if x.shape[3] != channels:
        raise ValueError("images and kernels differ in channels")
    rows = output_size(x.shape[1], fh, stride, padding)
    columns = output_size(x.shape[2], fw, stride, padding)
    wide = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    output = np.zeros((x.shape[0], rows, columns, count), dtype=np.float32)
    for n in range(x.shape[0]):
        for i in range(rows):
            for j in range(columns):
                for k in range(count):
                    top, left = i * stride, j * stride
                    window = wide[n, top : top + fh, left : left + fw]
                    kernel = kernels[:, :, :, k]
                    output[n, i, j, k] = np.sum(window * kernel) + bias[k]
    return output
