# what: the windows are taken side by side, whatever the stride
# fails: a pixel that wins in overlapping windows collects from each of them
# fails: average: overlapping windows add up
# fails: max: random batches agree with the numeric gradient, also with negative pixels
# fails: average: random batches agree with the numeric gradient
# fails: ties in overlapping windows conserve the gradient of each image and channel
# score: 5

def pool_backward(d_output, x, size, stride, mode="max"):
    n, h, w, c = x.shape
    d_x = np.zeros(x.shape)
    for b in range(n):
        for i in range(d_output.shape[1]):
            for j in range(d_output.shape[2]):
                for k in range(c):
                    top, left = i * size, j * size
                    if top + size > h or left + size > w:
                        continue
                    d = d_output[b, i, j, k]
                    window = x[b, top : top + size, left : left + size, k]
                    if mode == "max":
                        u, v = np.unravel_index(np.argmax(window), window.shape)
                        d_x[b, top + u, left + v, k] += d
                    else:
                        d_x[b, top : top + size, left : left + size, k] += d / size**2
    return d_x
