# what: one filter per layer
# fails: the stack has the weights of its n layers
# fails: the single layer's kernel has the side of the stack's receptive field
# fails: any depth and any number of channels
# score: 1.67
def stack_of_3x3(n, channels):
    field = 2 * n + 1
    return field, 9 * n * channels, field**2 * channels
