# what: the intersection is not subtracted from the union
# fails: row i, column j is the IoU of box i of the first list and box j of the second
# fails: a box without area has IoU 0 with every box: no nan anywhere
# fails: it is at least three times faster than a loop over pairs
# fails: random lists of different lengths agree with counting pixels
# fails: whole numbers and fractions of pixels are equally welcome, and the arguments stay as they are
# score: 1.75
def iou_matrix(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    left = np.maximum(a[:, None, 0], b[None, :, 0])
    top = np.maximum(a[:, None, 1], b[None, :, 1])
    right = np.minimum(a[:, None, 2], b[None, :, 2])
    bottom = np.minimum(a[:, None, 3], b[None, :, 3])
    common = np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None)
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b[None, :] + 0 * common
    return common / np.where(union > 0, union, 1)
