# what: anchors sit on the cells' upper left corners
# fails: an anchor sits on the middle of its cell
# fails: cells come in reading order
# fails: random maps agree with three plain loops
# score: 1.33
def anchor_boxes(rows, columns, stride, sizes):
    boxes = []
    for row in range(rows):
        for column in range(columns):
            x, y = (column ) * stride, (row ) * stride
            for width, height in sizes:
                boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    return np.array(boxes, dtype=float)
