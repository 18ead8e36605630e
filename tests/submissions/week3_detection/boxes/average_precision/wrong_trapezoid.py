# what: takes the area below straight lines between the points of the curve
# fails: a falling curve is a staircase, not a slope
# fails: the area lies below the monotone envelope: the example worked by hand gives 0.55
# fails: random curves agree with the sum over the true boxes, one by one
# fails: the arguments stay as they are, and the first detections may be false
# score: 3.5
def average_precision(precision, recall, points=None):
    if len(precision) == 0:
        return 0.0
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points is None:
        return float(np.sum((recall - np.append(0, recall[:-1])) * (precision + np.append(1, precision[:-1])) / 2))
    total = 0.0
    for level in np.linspace(0, 1, points):
        reached = np.flatnonzero(recall >= level)
        total += envelope[reached[0]] if len(reached) else 0
    return float(total / points)
