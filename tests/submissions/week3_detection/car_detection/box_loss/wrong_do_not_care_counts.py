# what: slots that do not matter count as if they had a box
# fails: what slots without a box say about boxes costs nothing, those with objectness -1 included
# fails: random targets and numbers agree with a slow count, for other anchors and strides
# score: 5.82
def box_loss(target, raw, anchors, stride):
    anchors = ops.convert_to_tensor(np.asarray(anchors, dtype="float32"))

    def corners(x, y, w, h):
        return x - w / 2, y - h / 2, x + w / 2, y + h / 2

    said_w = anchors[:, 0] * ops.exp(ops.clip(raw[..., 3], -8, 8))
    said_h = anchors[:, 1] * ops.exp(ops.clip(raw[..., 4], -8, 8))
    true_w = anchors[:, 0] * ops.exp(target[..., 3])
    true_h = anchors[:, 1] * ops.exp(target[..., 4])
    x, y = ops.sigmoid(raw[..., 1]), ops.sigmoid(raw[..., 2])
    a = corners(stride * x, stride * y, said_w, said_h)
    b = corners(stride * target[..., 1], stride * target[..., 2], true_w, true_h)
    wide = ops.minimum(a[2], b[2]) - ops.maximum(a[0], b[0])
    high = ops.minimum(a[3], b[3]) - ops.maximum(a[1], b[1])
    common = ops.maximum(wide, 0.0) * ops.maximum(high, 0.0)
    union = said_w * said_h + true_w * true_h - common
    taken = ops.abs(target[..., 0])
    return ops.sum(taken * (1.0 - common / union), axis=(1, 2, 3))
