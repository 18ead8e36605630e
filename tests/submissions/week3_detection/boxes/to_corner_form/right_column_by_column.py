# what: unpacks the columns and stacks them again
# score: 3
def to_corner_form(boxes):
    x, y, w, h = np.asarray(boxes, dtype=float).T
    left, top = x - w / 2, y - h / 2
    return np.column_stack([left, top, left + w, top + h])
