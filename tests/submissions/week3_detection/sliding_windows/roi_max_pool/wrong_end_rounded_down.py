# what: a cell that the box touches at its end is left out
# fails: the example with 4 × 6 cells comes out as worked by hand
# fails: random regions agree with plain loops
# score: 4.38
def roi_max_pool(features, box, size, stride):
    rows, columns, channels = features.shape
    left, top, right, bottom = (edge / stride for edge in box)
    x0 = int(np.clip(np.floor(left), 0, columns - 1))
    y0 = int(np.clip(np.floor(top), 0, rows - 1))
    x1 = max(x0 + 1, min(columns, int(np.floor(right))))
    y1 = max(y0 + 1, min(rows, int(np.floor(bottom))))
    piece = features[y0:y1, x0:x1]
    height, width = piece.shape[:2]
    result = np.empty((*size, channels))
    for i in range(size[0]):
        for j in range(size[1]):
            a, b = i * height // size[0], -(-(i + 1) * height // size[0])
            c, d = j * width // size[1], -(-(j + 1) * width // size[1])
            result[i, j] = piece[a:b, c:d].max(axis=(0, 1))
    return result
