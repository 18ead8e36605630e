# what: the odd zero goes to the beginning
# fails: at stride 1 an even window gets its odd zero at the end, and both numbers are ints
# fails: with stride 2 and 3 the output has ceil(n / s) positions, with no zero too many
# fails: for every small case the output has ceil(n / s) positions
# score: 2.5
def same_padding(n, f, stride):
    zeros = max((-(-n // stride) - 1) * stride + f - n, 0)
    return zeros - zeros // 2, zeros // 2
