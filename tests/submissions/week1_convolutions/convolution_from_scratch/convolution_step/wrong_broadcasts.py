# what: different shapes are broadcast instead of refused
# fails: a window and a kernel of different shapes raise a ValueError
# score: 4.29
def convolution_step(window, kernel, bias):
    return float(np.sum(window * kernel) + bias)
