# what: a tie goes to the last maximum in reading order
# fails: a tie gives the whole gradient to the first maximum in reading order, once
# score: 8.57

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
                        u, v = np.argwhere(window == window.max())[-1]
                        d_x[b, top + u, left + v, k] += d
                    else:
                        d_x[b, top : top + size, left : left + size, k] += d / size**2
    return d_x
