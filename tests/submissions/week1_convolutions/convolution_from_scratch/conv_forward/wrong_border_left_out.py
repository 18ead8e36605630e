# what: the loop ends one row early, so the last row stays 0
# fails: a 3 × 4 image under a 2 × 2 kernel, worked by hand, with NumPy alone
# fails: each kernel takes in all channels and adds its own bias once
# fails: stride s gives every s-th row and column of the output at stride 1
# fails: zeros go on all four sides: with padding 1 a kernel of one 1 moves the image
# fails: random images, kernels, strides and paddings agree with the definition
# fails: integer images are not cut to integers on their way through
# fails: when the image moves, the output moves with it
# score: 3
def conv_forward(x, kernels, bias, stride=1, padding=0):
    fh, fw, channels, count = kernels.shape
    if x.shape[3] != channels:
        raise ValueError("images and kernels differ in channels")
    rows = output_size(x.shape[1], fh, stride, padding)
    columns = output_size(x.shape[2], fw, stride, padding)
    wide = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    output = np.zeros((x.shape[0], rows, columns, count), dtype=float)
    for n in range(x.shape[0]):
        for i in range(rows - 1):
            for j in range(columns):
                for k in range(count):
                    top, left = i * stride, j * stride
                    window = wide[n, top : top + fh, left : left + fw]
                    kernel = kernels[:, :, :, k]
                    output[n, i, j, k] = np.sum(window * kernel) + bias[k]
    return output
