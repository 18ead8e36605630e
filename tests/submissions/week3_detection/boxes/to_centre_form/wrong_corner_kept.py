# what: leaves left and top where the centre is due
# fails: the first two numbers are the centre, x before y
# fails: corners that are whole numbers may have a centre that is not
# fails: random boxes reach half their width and height to either side of their centre
# score: 1.2
def to_centre_form(boxes):
    boxes = np.array(boxes, dtype=float)
    boxes[:, 2:] -= boxes[:, :2]
    return boxes
