# what: all cells for the first size, then all for the second
# fails: all sizes of a cell stand together
# fails: random maps agree with three plain loops
# score: 2
def anchor_boxes(rows, columns, stride, sizes):
    boxes = []
    for width, height in sizes:
        for row in range(rows):
            for column in range(columns):
                x, y = (column + 0.5) * stride, (row + 0.5) * stride
                boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    return np.array(boxes, dtype=float)
