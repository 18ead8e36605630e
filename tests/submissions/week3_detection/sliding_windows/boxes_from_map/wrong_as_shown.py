# what: the colleague's code as it stands
# fails: the column of the map gives the left edge, the row gives the top
# fails: a box is as large as the window
# fails: the threshold is one for probabilities
# fails: the best box comes first
# fails: random rectangular maps agree with two plain loops
# score: 0
def boxes_from_map(logits, side, stride, threshold):
    columns, rows = np.nonzero(logits >= threshold)
    corner = np.stack([columns, rows, columns + side, rows + side], axis=1)
    boxes = corner * stride
    scores = 1 / (1 + np.exp(-logits[columns, rows]))
    order = np.argsort(scores)
    return boxes[order], scores[order]
