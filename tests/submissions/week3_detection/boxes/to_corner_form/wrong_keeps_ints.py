# what: keeps the dtype of the boxes, so half pixels are lost
# fails: centres and sides that are whole numbers may have corners that are not
# score: 2.4
def to_corner_form(boxes):
    boxes = np.asarray(boxes)
    corners = np.empty_like(boxes)
    corners[:, :2] = boxes[:, :2] - boxes[:, 2:] / 2
    corners[:, 2:] = boxes[:, :2] + boxes[:, 2:] / 2
    return corners
