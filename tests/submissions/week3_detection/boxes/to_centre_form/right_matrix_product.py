# what: multiplies by a matrix of 4 × 4
# score: 3
def to_centre_form(boxes):
    turn = np.array([[0.5, 0, -1, 0], [0, 0.5, 0, -1], [0.5, 0, 1, 0], [0, 0.5, 0, 1]])
    return np.asarray(boxes, dtype=float) @ turn
