# what: the stack is taken to have two layers
# fails: the stack has the weights of its n layers
# fails: any depth and any number of channels
# score: 2.5
def stack_of_3x3(n, channels):
    field = 2 * n + 1
    return field, 18 * channels**2, field**2 * channels**2
