# what: (y, x) for (x, y) in the result
# fails: a box worked by hand: centre (20, 24), 20 wide and 8 high
# fails: moving the centre moves both corners, and right - left stays the width
# fails: random boxes come back as they were before to_centre_form
# fails: centres and sides that are whole numbers may have corners that are not
# score: 0.6
def to_corner_form(boxes):
    x, y, w, h = np.asarray(boxes, dtype=float).T
    return np.stack([y - h / 2, x - w / 2, y + h / 2, x + w / 2], axis=1)
