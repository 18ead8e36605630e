# what: a sigmoid for each kind
# fails: the kinds' probabilities are a softmax: they sum to 1 and keep their order
# fails: very large and very small raw numbers give probabilities, not nan
# fails: random numbers agree with a slow way, slot by slot, for other strides, grids and anchors
# score: 4.44
def decode(raw, anchors, stride):
    raw = np.asarray(raw, dtype=float)
    rows, columns = raw.shape[-4:-2]
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
    kinds = sigmoid(raw[..., 5:])
    return boxes, objectness, kinds
