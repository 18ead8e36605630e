# what: computes with arrays of two, and returns early
# score: 5
def iou(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if np.any(sides <= 0):
        return 0.0
    common = np.prod(sides)
    return float(common / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common))
