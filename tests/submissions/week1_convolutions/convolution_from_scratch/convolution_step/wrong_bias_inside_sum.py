# what: the bias is added to every product
# fails: the bias is added once
# fails: random rectangular windows agree with adding the products one by one
# fails: integer pixels and a fractional bias give a fractional answer
# score: 2.14
def convolution_step(window, kernel, bias):
    if window.shape != kernel.shape:
        raise ValueError("window and kernel differ in shape")
    return np.sum(window * kernel + bias)
