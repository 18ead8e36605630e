# what: with np.add.at
# score: 5
def confusion_matrix(truth, prediction, classes):
    table = np.zeros((classes, classes), dtype=int)
    np.add.at(table, (truth.ravel(), prediction.ravel()), 1)
    return table
