# what: a kernel with one channel is broadcast over all channels of the image instead of refused
# fails: kernels that do not fit raise a ValueError
# score: 11
def conv_forward(x, kernels, bias, stride=1, padding=0):
    fh, fw, channels, count = kernels.shape
    rows = output_size(x.shape[1], fh, stride, padding)
    columns = output_size(x.shape[2], fw, stride, padding)
    wide = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    output = np.zeros((x.shape[0], rows, columns, count), dtype=float)
    for n in range(x.shape[0]):
        for i in range(rows):
            for j in range(columns):
                for k in range(count):
                    top, left = i * stride, j * stride
                    window = wide[n, top : top + fh, left : left + fw]
                    kernel = kernels[:, :, :, k]
                    output[n, i, j, k] = np.sum(window * kernel) + bias[k]
    return output
