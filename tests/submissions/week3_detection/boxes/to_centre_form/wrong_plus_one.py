# what: counts pixels from the first to the last: one too many
# fails: the last two numbers are width and height, with no pixel added
# fails: random boxes reach half their width and height to either side of their centre
# score: 1.8
def to_centre_form(boxes):
    left, top, right, bottom = np.asarray(boxes, dtype=float).T
    return np.stack([(left + right) / 2, (top + bottom) / 2, right - left + 1, bottom - top + 1], axis=1)
