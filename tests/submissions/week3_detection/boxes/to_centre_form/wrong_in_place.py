# what: writes the result into the boxes that it was given
# fails: no boxes give an array of shape (0, 4), and the argument stays as it is
# score: 2.4
def to_centre_form(boxes):
    boxes = np.asarray(boxes, dtype=float)
    boxes[:, 2:] -= boxes[:, :2]
    boxes[:, :2] += boxes[:, 2:] / 2
    return boxes
