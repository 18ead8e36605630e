# what: lets the receptive field grow in a loop
# score: 5
def stack_of_3x3(n, channels):
    field, stack = 1, 0
    for _ in range(n):
        field += 3 - 1
        stack += 3 * 3 * channels * channels
    return field, stack, (field * channels) ** 2
