# what: the area of the field for its side
# fails: every further layer sees one pixel more on each side
# fails: deep stacks see far
# score: 3.33
def stack_of_3x3(n, channels):
    field = 2 * n + 1
    return field**2, 9 * n * channels**2, field**2 * channels**2
