# what: the output has the size without padding
# fails: the output's height and width follow floor((n + 2p - f) / s) + 1, each from its own n and f
# fails: zeros go on all four sides: with padding 1 a kernel of one 1 moves the image
# fails: every image of a batch is treated for itself, and nothing passed in is changed
# fails: kernels that do not fit raise a ValueError
# fails: random images, kernels, strides and paddings agree with the definition
# score: 5
def conv_forward(x, kernels, bias, stride=1, padding=0):
    fh, fw, channels, count = kernels.shape
    if x.shape[3] != channels:
        raise ValueError("images and kernels differ in channels")
    rows = output_size(x.shape[1], fh, stride)
    columns = output_size(x.shape[2], fw, stride)
    wide = x
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
