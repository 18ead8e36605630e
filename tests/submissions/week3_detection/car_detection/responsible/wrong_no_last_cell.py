# what: a centre on the far edge gets a cell that does not exist
# fails: a centre at the far edge of the picture belongs to the last cell
# score: 4.44
def responsible(boxes, anchors, stride, grid):
    boxes = np.reshape(boxes, (-1, 4)).astype(float)
    anchors = np.asarray(anchors, dtype=float)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    sizes = boxes[:, 2:] - boxes[:, :2]
    cells = np.floor(centres / stride).astype(int)
    column = cells[:, 0]
    row = cells[:, 1]
    shared = np.minimum(sizes[:, None], anchors[None]).prod(axis=2)
    union = sizes.prod(axis=1)[:, None] + anchors.prod(axis=1)[None] - shared
    best = (shared / union).argmax(axis=1)
    return np.stack([row, column, best], axis=1)
