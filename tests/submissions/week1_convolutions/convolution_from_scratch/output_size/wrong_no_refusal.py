# what: nothing is refused
# fails: arguments that make no sense raise a ValueError
# fails: a window that is one pixel too large is refused for every stride
# score: 3.75
def output_size(n, f, stride=1, padding=0):
    return (n + 2 * padding - f) // stride + 1
