# what: the halves are mended, but the output still is to have n positions at every stride
# fails: with stride 2 and 3 the output has ceil(n / s) positions, with no zero too many
# fails: no number of zeros is negative, even where the window is smaller than the stride
# fails: for every small case the output has ceil(n / s) positions
# fails: one zero less would give too few positions
# score: 1.67
def same_padding(n, f, stride):
    zeros = max((n - 1) * stride + f - n, 0)
    return zeros // 2, zeros - zeros // 2
