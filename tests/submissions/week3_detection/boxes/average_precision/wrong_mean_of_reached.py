# what: averages only over the levels that are reached
# fails: what was never found counts as precision 0
# fails: at 101 points, the example worked by hand gives 56/101
# fails: random curves agree at 101 and at 11 points with a search for each point
# score: 4.2
def average_precision(precision, recall, points=None):
    if len(precision) == 0:
        return 0.0
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points is None:
        return float(np.sum((recall - np.append(0, recall[:-1])) * envelope))
    total = 0.0
    for level in np.linspace(0, 1, points):
        reached = np.flatnonzero(recall >= level)
        total, points = (total + envelope[reached[0]], points) if len(reached) else (total, points - 1)
    return float(total / points)
