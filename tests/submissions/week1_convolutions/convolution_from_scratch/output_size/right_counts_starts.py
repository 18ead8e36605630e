# what: counts the starts with range
# score: 5
def output_size(n, f, stride=1, padding=0):
    if n < 1 or f < 1 or stride < 1 or padding < 0:
        raise ValueError("sizes and stride start at 1, padding at 0")
    starts = range(0, n + 2 * padding - f + 1, stride)
    if len(starts) == 0:
        raise ValueError("the window does not fit into the padded image")
    return len(starts)
