# what: leaves out the way from recall 0 to the first detection
# fails: if everything is found and nothing else, it is 1; without detections it is 0
# fails: what was never found counts as precision 0
# fails: a falling curve is a staircase, not a slope
# fails: the area lies below the monotone envelope: the example worked by hand gives 0.55
# score: 4.2
def average_precision(precision, recall, points=None):
    if len(precision) == 0:
        return 0.0
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points is None:
        return float(np.sum(np.diff(recall) * envelope[1:]))
    total = 0.0
    for level in np.linspace(0, 1, points):
        reached = np.flatnonzero(recall >= level)
        total += envelope[reached[0]] if len(reached) else 0
    return float(total / points)
