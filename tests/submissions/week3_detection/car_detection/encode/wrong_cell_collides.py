# what: boxes in one cell collide, whatever their anchors
# fails: boxes in one cell with different anchors do not collide
# fails: the boxes that collided are those whose slot an earlier box had taken
# score: 8.33
def encode(boxes, kinds, anchors, stride, grid, classes):
    boxes = np.reshape(boxes, (-1, 4)).astype(float)
    anchors = np.asarray(anchors, dtype=float)
    target = np.zeros((grid[0], grid[1], len(anchors), 5 + classes), dtype=np.float32)
    collided = np.zeros(len(boxes), dtype=bool)
    for number, slot in enumerate(responsible(boxes, anchors, stride, grid)):
        row, column, anchor = slot
        left, top, right, bottom = boxes[number]
        if target[row, column, :, 0].any():
            collided[number] = True
            continue
        x = (left + right) / 2 / stride - column
        y = (top + bottom) / 2 / stride - row
        w = np.log((right - left) / anchors[anchor, 0])
        h = np.log((bottom - top) / anchors[anchor, 1])
        target[row, column, anchor, :5] = 1, x, y, w, h
        target[row, column, anchor, 5 + kinds[number]] = 1
    return target, collided
