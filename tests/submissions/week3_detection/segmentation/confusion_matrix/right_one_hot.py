# what: as a product of one-hot matrices, class by class
# score: 5
def confusion_matrix(truth, prediction, classes):
    table = np.zeros((classes, classes), dtype=np.int64)
    for t in range(classes):
        table[t] = np.bincount(prediction[truth == t], minlength=classes)
    return table
