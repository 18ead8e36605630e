# what: classes that do not occur are missing
# fails: classes that do not occur have rows and columns of zeros
# score: 3.75
def confusion_matrix(truth, prediction, classes):
    there = np.unique([truth, prediction])
    return np.array([[np.sum((truth == t) & (prediction == q)) for q in there] for t in there])
