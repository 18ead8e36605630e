# what: leaves the monotone envelope out
# fails: the area lies below the monotone envelope: the example worked by hand gives 0.55
# fails: at 101 points, the example worked by hand gives 56/101
# fails: random curves agree with the sum over the true boxes, one by one
# fails: random curves agree at 101 and at 11 points with a search for each point
# fails: the arguments stay as they are, and the first detections may be false
# score: 2.1
def average_precision(precision, recall, points=None):
    if len(precision) == 0:
        return 0.0
    envelope = precision
    if points is None:
        return float(np.sum((recall - np.append(0, recall[:-1])) * envelope))
    total = 0.0
    for level in np.linspace(0, 1, points):
        reached = np.flatnonzero(recall >= level)
        total += envelope[reached[0]] if len(reached) else 0
    return float(total / points)
