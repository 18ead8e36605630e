# what: rows are the answers, columns the truth
# fails: six pixels worked by hand: rows are the truth, columns the answers
# fails: classes that do not occur have rows and columns of zeros
# fails: random masks of bytes agree with counting pair by pair
# score: 1.25
def confusion_matrix(truth, prediction, classes):
    pairs = prediction.astype("int64") * classes + truth
    return np.bincount(pairs.ravel(), minlength=classes**2).reshape(classes, classes)
