# what: writes from the last box to the first, so that the first one stays
# score: 10
def encode(boxes, kinds, anchors, stride, grid, classes):
    boxes = np.reshape(boxes, (-1, 4)).astype(float)
    slots = responsible(boxes, anchors, stride, grid)
    target = np.zeros((*grid, len(anchors), 5 + classes), dtype=np.float32)
    for (row, column, anchor), (left, top, right, bottom), kind in list(zip(slots, boxes, kinds))[::-1]:
        numbers = np.zeros(5 + classes)
        numbers[0] = 1
        numbers[1] = (left + right) / (2 * stride) - column
        numbers[2] = (top + bottom) / (2 * stride) - row
        numbers[3] = np.log(right - left) - np.log(anchors[anchor][0])
        numbers[4] = np.log(bottom - top) - np.log(anchors[anchor][1])
        numbers[5 + kind] = 1
        target[row, column, anchor] = numbers
    listed = [tuple(slot) for slot in slots.tolist()]
    collided = np.array([slot in listed[:i] for i, slot in enumerate(listed)], dtype=bool)
    return target, collided
