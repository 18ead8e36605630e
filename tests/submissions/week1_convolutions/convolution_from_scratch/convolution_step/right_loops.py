# what: three plain loops
# score: 5
def convolution_step(window, kernel, bias):
    if window.shape != kernel.shape:
        raise ValueError("window and kernel must have the same shape")
    total = float(bias)
    for u in range(window.shape[0]):
        for v in range(window.shape[1]):
            for c in range(window.shape[2]):
                total += float(window[u, v, c]) * float(kernel[u, v, c])
    return total
