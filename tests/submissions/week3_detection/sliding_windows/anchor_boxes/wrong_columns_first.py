# what: goes down each column before the next one
# fails: cells come in reading order
# fails: random maps agree with three plain loops
# score: 2
def anchor_boxes(rows, columns, stride, sizes):
    boxes = []
    for column in range(columns):
        for row in range(rows):
            x, y = (column + 0.5) * stride, (row + 0.5) * stride
            for width, height in sizes:
                boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    return np.array(boxes, dtype=float)
