# what: anchors of twice the size
# fails: an anchor sits on the middle of its cell
# fails: a size is width before height
# fails: all sizes of a cell stand together
# fails: random maps agree with three plain loops
# score: 0.67
def anchor_boxes(rows, columns, stride, sizes):
    boxes = []
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * stride, (row + 0.5) * stride
            for width, height in sizes:
                boxes.append((x - width, y - height, x + width, y + height))
    return np.array(boxes, dtype=float)
