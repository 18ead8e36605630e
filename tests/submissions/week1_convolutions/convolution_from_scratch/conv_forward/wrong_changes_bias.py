# what: gives the bias another shape in place, so the caller's array is changed
# fails: every image of a batch is treated for itself, and nothing passed in is changed
# score: 11
def conv_forward(x, kernels, bias, stride=1, padding=0):
    fh, fw, channels, count = kernels.shape
    if x.shape[3] != channels:
        raise ValueError("images and kernels differ in channels")
    rows = output_size(x.shape[1], fh, stride, padding)
    columns = output_size(x.shape[2], fw, stride, padding)
    wide = zero_pad(x, padding).astype(float)
    output = np.zeros((x.shape[0], rows, columns, count))
    for i in range(rows):
        for j in range(columns):
            window = wide[:, i * stride : i * stride + fh, j * stride : j * stride + fw]
            output[:, i, j] = np.tensordot(window, kernels, axes=3)
    bias.shape = (1, 1, 1, count)
    return output + bias
