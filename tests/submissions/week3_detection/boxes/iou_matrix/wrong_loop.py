# what: a Python loop over pairs: right, but slow
# fails: it is at least three times faster than a loop over pairs
# score: 6.12
def iou_matrix(a, b):
    table = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            table[i, j] = iou(a[i], b[j])
    return table
