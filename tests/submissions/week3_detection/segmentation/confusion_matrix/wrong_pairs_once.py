# what: a pair that occurs more than once is counted once
# fails: six pixels worked by hand: rows are the truth, columns the answers
# fails: classes that do not occur have rows and columns of zeros
# fails: it is at least twice as fast as a Python loop over pixels
# fails: random masks of bytes agree with counting pair by pair
# score: 0
def confusion_matrix(truth, prediction, classes):
    table = np.zeros((classes, classes), dtype=int)
    table[truth, prediction] += 1
    return table
