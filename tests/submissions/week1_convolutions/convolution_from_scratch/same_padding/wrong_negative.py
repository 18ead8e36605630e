# what: the number of zeros can become negative
# fails: no number of zeros is negative, even where the window is smaller than the stride
# fails: for every small case the output has ceil(n / s) positions
# score: 3.33
def same_padding(n, f, stride):
    zeros = (-(-n // stride) - 1) * stride + f - n
    return zeros // 2, zeros - zeros // 2
