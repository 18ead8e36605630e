# what: adds shifted images, one for each weight's place, instead of visiting windows
# score: 12
def conv_forward(x, kernels, bias, stride=1, padding=0):
    fh, fw, c, k = kernels.shape
    n, h, w, image_channels = x.shape
    if image_channels != c:
        raise ValueError(f"{image_channels} channels in the images, {c} in the kernels")
    rows = output_size(h, fh, stride, padding)
    columns = output_size(w, fw, stride, padding)
    wide = zero_pad(x, padding)
    output = np.zeros((n, rows, columns, k)) + bias
    for u in range(fh):
        for v in range(fw):
            shifted = wide[:, u : u + stride * rows : stride, v : v + stride * columns : stride]
            output += shifted[:, :rows, :columns] @ kernels[u, v]
    return output
