# what: adds one shifted and weighted copy of the images for each place in the kernel
# score: 8

def conv_forward_fast(x, kernels, bias, stride=1, padding=0):
    fh, fw, c, k = kernels.shape
    rows = output_size(x.shape[1], fh, stride, padding)
    columns = output_size(x.shape[2], fw, stride, padding)
    padded = zero_pad(x, padding)
    output = 0
    for u in range(fh):
        for v in range(fw):
            down = slice(u, u + stride * rows, stride)
            right = slice(v, v + stride * columns, stride)
            output = output + padded[:, down, right] @ kernels[u, v]
    return output + bias
