# what: sizes are taken as (height, width)
# fails: a size is width before height
# fails: random maps agree with three plain loops
# score: 2
def anchor_boxes(rows, columns, stride, sizes):
    boxes = []
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * stride, (row + 0.5) * stride
            for height, width in sizes:
                boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    return np.array(boxes, dtype=float)
