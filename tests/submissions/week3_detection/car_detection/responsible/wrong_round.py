# what: rounds to the nearest cell instead of cutting off
# fails: the box worked by hand belongs to row 4, column 7 and anchor 0
# fails: the cell is that of the centre, not that of a corner
# fails: random boxes get the slots that a slow search finds, for other strides and grids
# score: 2.78
def responsible(boxes, anchors, stride, grid):
    boxes = np.reshape(boxes, (-1, 4)).astype(float)
    anchors = np.asarray(anchors, dtype=float)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    sizes = boxes[:, 2:] - boxes[:, :2]
    cells = np.round(centres / stride).astype(int)
    column = np.clip(cells[:, 0], 0, grid[1] - 1)
    row = np.clip(cells[:, 1], 0, grid[0] - 1)
    shared = np.minimum(sizes[:, None], anchors[None]).prod(axis=2)
    union = sizes.prod(axis=1)[:, None] + anchors.prod(axis=1)[None] - shared
    best = (shared / union).argmax(axis=1)
    return np.stack([row, column, best], axis=1)
