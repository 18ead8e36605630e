# what: halves with // and loses half pixels
# fails: corners that are whole numbers may have a centre that is not
# fails: random boxes reach half their width and height to either side of their centre
# score: 1.8
def to_centre_form(boxes):
    first, second = boxes[:, :2], boxes[:, 2:]
    return np.hstack([(first + second) // 2, second - first])
