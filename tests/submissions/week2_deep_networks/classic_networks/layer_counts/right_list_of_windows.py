# what: counts the places of the window one by one
# score: 8
def layer_counts(height, width, channels, filters, size, stride=1, padding=0, groups=1, bias=True):
    sides = []
    for n in (height, width):
        starts = range(0, n + 2 * padding - size + 1, stride)
        sides.append(len(starts))
    seen = channels / groups
    weights = filters * size**2 * seen
    parameters = weights + filters if bias else weights
    return (*sides, filters), int(parameters), int(sides[0] * sides[1] * weights)
