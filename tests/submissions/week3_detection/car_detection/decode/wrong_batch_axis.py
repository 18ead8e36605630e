# what: takes the first two axes for rows and columns
# fails: a batch of pictures gives what its pictures give one by one
# score: 7.11
def decode(raw, anchors, stride):
    raw = np.asarray(raw, dtype=float)
    rows, columns = raw.shape[:2]
    column = np.arange(columns)[None, :, None]
    row = np.arange(rows)[:, None, None]
    anchors = np.asarray(anchors, dtype=float)
    x = stride * (column + sigmoid(raw[..., 1]))
    y = stride * (row + sigmoid(raw[..., 2]))
    w = anchors[:, 0] * np.exp(raw[..., 3])
    h = anchors[:, 1] * np.exp(raw[..., 4])
    boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=-1)
    objectness = sigmoid(raw[..., 0])
    powers = np.exp(raw[..., 5:] - raw[..., 5:].max(axis=-1, keepdims=True))
    kinds = powers / powers.sum(axis=-1, keepdims=True)
    return boxes, objectness, kinds
