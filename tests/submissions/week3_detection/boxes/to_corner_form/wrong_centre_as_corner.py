# what: takes the centre for the upper left corner
# fails: a box worked by hand: centre (20, 24), 20 wide and 8 high
# fails: random boxes come back as they were before to_centre_form
# fails: centres and sides that are whole numbers may have corners that are not
# score: 1.2
def to_corner_form(boxes):
    boxes = np.asarray(boxes, dtype=float)
    return np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]])
