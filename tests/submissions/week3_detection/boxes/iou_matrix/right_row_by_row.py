# what: fills one row at a time
# score: 7
def iou_matrix(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    table = np.zeros((len(a), len(b)))
    areas = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    for row, box in zip(table, a, strict=True):
        wide = np.minimum(box[2], b[:, 2]) - np.maximum(box[0], b[:, 0])
        high = np.minimum(box[3], b[:, 3]) - np.maximum(box[1], b[:, 1])
        common = np.where((wide > 0) & (high > 0), wide * high, 0.0)
        union = (box[2] - box[0]) * (box[3] - box[1]) + areas - common
        some = common > 0
        row[some] = common[some] / union[some]
    return table
