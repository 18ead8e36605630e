# what: average: divided by the window's height in place of its area
# fails: average: the pixels of each window share the gradient equally
# fails: average: overlapping windows add up
# fails: average: random batches agree with the numeric gradient
# score: 7.14

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
                        u, v = np.unravel_index(np.argmax(window), window.shape)
                        d_x[b, top + u, left + v, k] += d
                    else:
                        d_x[b, top : top + size, left : left + size, k] += d / size
    return d_x
