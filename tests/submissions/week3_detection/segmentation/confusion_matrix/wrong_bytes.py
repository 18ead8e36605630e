# what: the pair's number overflows where masks are bytes
# fails: random masks of bytes agree with counting pair by pair
# score: 3.75
def confusion_matrix(truth, prediction, classes):
    pairs = (truth * classes + prediction).ravel()
    return np.bincount(pairs, minlength=classes**2)[: classes**2].reshape(classes, classes)
