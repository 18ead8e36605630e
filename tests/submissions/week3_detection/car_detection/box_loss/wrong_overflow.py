# what: raw sizes are not cut off
# fails: raw sizes are cut off at 8 and -8 before the exponential, so that large ones do no harm
# score: 7.27
def box_loss(target, raw, anchors, stride):
    anchors = ops.convert_to_tensor(np.asarray(anchors, dtype="float32"))

    def corners(x, y, w, h):
        return x - w / 2, y - h / 2, x + w / 2, y + h / 2

    said_w = anchors[:, 0] * ops.exp(raw[..., 3])
    said_h = anchors[:, 1] * ops.exp(raw[..., 4])
    true_w = anchors[:, 0] * ops.exp(target[..., 3])
    true_h = anchors[:, 1] * ops.exp(target[..., 4])
    x, y = ops.sigmoid(raw[..., 1]), ops.sigmoid(raw[..., 2])
    a = corners(stride * x, stride * y, said_w, said_h)
    b = corners(stride * target[..., 1], stride * target[..., 2], true_w, true_h)
    wide = ops.minimum(a[2], b[2]) - ops.maximum(a[0], b[0])
    high = ops.minimum(a[3], b[3]) - ops.maximum(a[1], b[1])
    common = ops.maximum(wide, 0.0) * ops.maximum(high, 0.0)
    union = said_w * said_h + true_w * true_h - common
    taken = ops.cast(ops.equal(target[..., 0], 1.0), "float32")
    return ops.sum(taken * (1.0 - common / union), axis=(1, 2, 3))
