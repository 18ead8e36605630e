# what: searches the best precision for each level, and for each rise of the recall
# score: 7
def average_precision(precision, recall, points=None):
    def best(level):
        return max((p for p, r in zip(precision, recall, strict=True) if r >= level), default=0.0)

    if points is not None:
        return float(np.mean([best(level) for level in np.linspace(0, 1, points)]))
    area, before = 0.0, 0.0
    for level in np.unique(recall):
        area += (level - before) * best(level)
        before = level
    return float(area)
