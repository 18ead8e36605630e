# what: a Python loop over all pixels
# fails: it is at least twice as fast as a Python loop over pixels
# score: 3.75
def confusion_matrix(truth, prediction, classes):
    table = np.zeros((classes, classes), dtype=int)
    for t, q in zip(truth.ravel(), prediction.ravel()):
        table[t, q] += 1
    return table
