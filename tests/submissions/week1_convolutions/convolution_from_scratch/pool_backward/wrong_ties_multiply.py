# what: every pixel that equals the maximum takes the full gradient
# fails: a tie gives the whole gradient to the first maximum in reading order, once
# fails: ties in overlapping windows conserve the gradient of each image and channel
# score: 7.86

def pool_backward(d_output, x, size, stride, mode="max"):
    n, h, w, c = x.shape
    d_x = np.zeros(x.shape)
    for b in range(n):
        for i in range(d_output.shape[1]):
            for j in range(d_output.shape[2]):
                for k in range(c):
                    top, left = i * stride, j * stride
                    d = d_output[b, i, j, k]
                    window = x[b, top : top + size, left : left + size, k]
                    if mode == "max":
                        mask = window == window.max()
                        d_x[b, top : top + size, left : left + size, k] += d * mask
                    else:
                        d_x[b, top : top + size, left : left + size, k] += d / size**2
    return d_x
