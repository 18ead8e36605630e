# what: the padding for stride 1 at every stride
# fails: with stride 2 and 3 the output has ceil(n / s) positions, with no zero too many
# fails: no number of zeros is negative, even where the window is smaller than the stride
# fails: one zero less would give too few positions
# score: 2.5
def same_padding(n, f, stride):
    return (f - 1) // 2, f // 2
