# what: the intersection is not clipped at zero
# fails: boxes that touch or lie apart, in whichever direction, have IoU 0
# fails: it is at least three times faster than a loop over pairs
# fails: random lists of different lengths agree with counting pixels
# score: 3.5
def iou_matrix(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    left = np.maximum(a[:, None, 0], b[None, :, 0])
    top = np.maximum(a[:, None, 1], b[None, :, 1])
    right = np.minimum(a[:, None, 2], b[None, :, 2])
    bottom = np.minimum(a[:, None, 3], b[None, :, 3])
    common = (right - left) * (bottom - top)
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b[None, :] - common
    return common / np.where(union > 0, union, 1)
