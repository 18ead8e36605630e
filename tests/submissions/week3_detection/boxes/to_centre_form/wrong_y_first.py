# what: (y, x) for (x, y) in the result
# fails: the first two numbers are the centre, x before y
# fails: the last two numbers are width and height, with no pixel added
# fails: corners that are whole numbers may have a centre that is not
# fails: random boxes reach half their width and height to either side of their centre
# score: 0.6
def to_centre_form(boxes):
    left, top, right, bottom = np.asarray(boxes, dtype=float).T
    return np.stack([(top + bottom) / 2, (left + right) / 2, bottom - top, right - left], axis=1)
