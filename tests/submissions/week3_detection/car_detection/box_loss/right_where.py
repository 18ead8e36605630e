# what: in units of the anchor, with where for the slots
# score: 8
def box_loss(target, raw, anchors, stride):
    scale = np.asarray(stride, "float32") / np.asarray(anchors, "float32")
    shift = (ops.sigmoid(raw[..., 1:3]) - target[..., 1:3]) * scale
    said = ops.exp(ops.minimum(ops.maximum(raw[..., 3:5], -8.0), 8.0))
    true = ops.exp(target[..., 3:5])
    right = ops.minimum(shift + said / 2, true / 2)
    left = ops.maximum(shift - said / 2, -true / 2)
    inner = ops.prod(ops.maximum(right - left, 0.0), axis=-1)
    both = ops.prod(said, axis=-1) + ops.prod(true, axis=-1)
    loss = ops.where(target[..., 0] > 0.5, 1 - inner / (both - inner), 0.0)
    return ops.sum(ops.reshape(loss, (ops.shape(loss)[0], -1)), axis=1)
