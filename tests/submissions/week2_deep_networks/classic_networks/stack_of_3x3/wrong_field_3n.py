# what: each layer is taken to add three pixels
# fails: every further layer sees one pixel more on each side
# fails: the single layer's kernel has the side of the stack's receptive field
# fails: deep stacks see far
# fails: any depth and any number of channels
# score: 0.83
def stack_of_3x3(n, channels):
    field = 3 * n
    return field, 9 * n * channels**2, field**2 * channels**2
