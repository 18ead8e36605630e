# what: a search for each level
# score: 3
def mean_envelope(precision, recall):
    values = []
    for level in np.linspace(0, 1, 101):
        reached = np.asarray(recall) >= level
        values.append(np.asarray(precision)[reached].max() if reached.any() else 0.0)
    return float(np.mean(values))
