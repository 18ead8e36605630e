# what: levels that the curve does not reach are left out
# fails: where the curve never arrives the precision is 0
# fails: random curves agree with a search for each of the 101 recalls
# score: 1.2
def mean_envelope(precision, recall):
    values = []
    for level in np.linspace(0, 1, 101):
        reached = np.asarray(recall) >= level
        if reached.any():
            values.append(np.asarray(precision)[reached].max())
    return float(np.mean(values)) if values else 0.0
