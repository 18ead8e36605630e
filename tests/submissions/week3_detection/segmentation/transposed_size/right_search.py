# what: looks for the size of which the convolution makes n
# score: 4
def transposed_size(n, f, stride=1, padding=0):
    m = f - 2 * padding
    while (m + 2 * padding - f) // stride + 1 < n:
        m += 1
    return m
