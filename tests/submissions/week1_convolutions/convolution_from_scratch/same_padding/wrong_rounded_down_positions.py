# what: floor instead of ceil: the last window is not provided for
# fails: with stride 2 and 3 the output has ceil(n / s) positions, with no zero too many
# fails: for every small case the output has ceil(n / s) positions
# score: 3.33
def same_padding(n, f, stride):
    zeros = max((n // stride - 1) * stride + f - n, 0)
    return zeros // 2, zeros - zeros // 2
