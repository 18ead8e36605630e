# what: the precision at the place, without the monotone envelope
# fails: at each recall the best precision there or later counts, not the one at that place
# fails: random curves agree with a search for each of the 101 recalls
# score: 1.2
def mean_envelope(precision, recall):
    values = []
    for level in np.linspace(0, 1, 101):
        reached = np.asarray(recall) >= level
        values.append(np.asarray(precision)[reached][0] if reached.any() else 0.0)
    return float(np.mean(values))
