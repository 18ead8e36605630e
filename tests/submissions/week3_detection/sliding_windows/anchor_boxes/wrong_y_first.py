# what: boxes as (top, left, bottom, right)
# fails: a size is width before height
# fails: cells come in reading order
# fails: random maps agree with three plain loops
# score: 1.33
def anchor_boxes(rows, columns, stride, sizes):
    boxes = []
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * stride, (row + 0.5) * stride
            for width, height in sizes:
                boxes.append((y - height / 2, x - width / 2, y + height / 2, x + width / 2))
    return np.array(boxes, dtype=float)
