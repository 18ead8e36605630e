# what: the kernel is turned by 180 degrees, as a true convolution would
# fails: a 2 × 2 window worked by hand: 1·10 + 2·1 + 3·0 + 4·(−1) = 8
# fails: random rectangular windows agree with adding the products one by one
# fails: integer pixels and a fractional bias give a fractional answer
# score: 2.14
def convolution_step(window, kernel, bias):
    if window.shape != kernel.shape:
        raise ValueError("window and kernel differ in shape")
    return np.sum(window * kernel[::-1, ::-1]) + bias
