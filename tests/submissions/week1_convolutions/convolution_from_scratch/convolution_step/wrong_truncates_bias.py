# what: adds the bias in place, in the dtype of the pixels
# fails: integer pixels and a fractional bias give a fractional answer
# score: 4.29
def convolution_step(window, kernel, bias):
    if window.shape != kernel.shape:
        raise ValueError("window and kernel differ in shape")
    total = np.zeros(1, dtype=np.result_type(window, kernel))
    total[0] = np.sum(window * kernel) + bias
    return total[0]
