# what: the mean of the precisions
# fails: where the curve never arrives the precision is 0
# fails: at each recall the best precision there or later counts, not the one at that place
# fails: random curves agree with a search for each of the 101 recalls
# score: 0.6
def mean_envelope(precision, recall):
    return float(np.mean(precision)) if len(precision) else 0.0
