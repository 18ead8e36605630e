# what: the logarithm of a sigmoid in two steps
# fails: raw numbers of ±150 give finite losses
# score: 6.3
def objectness_loss(target, raw, empty_weight=0.5):
    truth, logit = target[..., 0], raw[..., 0]
    taken = ops.cast(truth == 1, raw.dtype)
    empty = ops.cast(truth == 0, raw.dtype)
    with_box = taken * -ops.log(ops.sigmoid(logit))
    without = empty * -ops.log(1 - ops.sigmoid(logit))
    return ops.sum(with_box + empty_weight * without, axis=(1, 2, 3))
