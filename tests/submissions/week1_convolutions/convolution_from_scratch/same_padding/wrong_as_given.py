# what: the code of the exercise, not mended
# fails: at stride 1 an even window gets its odd zero at the end, and both numbers are ints
# fails: with stride 2 and 3 the output has ceil(n / s) positions, with no zero too many
# fails: no number of zeros is negative, even where the window is smaller than the stride
# fails: for every small case the output has ceil(n / s) positions
# fails: one zero less would give too few positions
# score: 0.83
def same_padding(n, f, stride):
    zeros = (n - 1) * stride + f - n
    return zeros / 2, zeros / 2
