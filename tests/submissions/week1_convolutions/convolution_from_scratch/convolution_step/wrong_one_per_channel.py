# what: each channel keeps a sum of its own
# fails: a 2 × 2 window worked by hand: 1·10 + 2·1 + 3·0 + 4·(−1) = 8
# fails: the products of all channels are added up
# fails: the bias is added once
# fails: a window and a kernel of different shapes raise a ValueError
# fails: random rectangular windows agree with adding the products one by one
# fails: integer pixels and a fractional bias give a fractional answer
# score: 0
def convolution_step(window, kernel, bias):
    if window.shape != kernel.shape:
        raise ValueError("window and kernel differ in shape")
    return np.sum(window * kernel, axis=(0, 1)) + bias
