# what: nothing is told about collisions
# fails: of two boxes in one slot the first in the list keeps it, and the second is told as collided
# fails: every box that does not collide can be read back exactly, for other strides, grids and anchors
# fails: the boxes that collided are those whose slot an earlier box had taken
# score: 6.67
def encode(boxes, kinds, anchors, stride, grid, classes):
    boxes = np.reshape(boxes, (-1, 4)).astype(float)
    anchors = np.asarray(anchors, dtype=float)
    target = np.zeros((grid[0], grid[1], len(anchors), 5 + classes), dtype=np.float32)
    collided = np.zeros(len(boxes), dtype=bool)
    for number, slot in enumerate(responsible(boxes, anchors, stride, grid)):
        row, column, anchor = slot
        left, top, right, bottom = boxes[number]
        if target[row, column, anchor, 0] == 1:
            continue
        x = (left + right) / 2 / stride - column
        y = (top + bottom) / 2 / stride - row
        w = np.log((right - left) / anchors[anchor, 0])
        h = np.log((bottom - top) / anchors[anchor, 1])
        target[row, column, anchor, :5] = 1, x, y, w, h
        target[row, column, anchor, 5 + kinds[number]] = 1
    return target, collided
