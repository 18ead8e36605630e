# what: the softmax and the logarithm in two steps
# fails: raw numbers of ±150 give finite losses
# score: 4.29
def class_loss(target, raw):
    taken = ops.cast(target[..., 0] == 1, raw.dtype)
    each = -ops.sum(target[..., 5:] * ops.log(ops.softmax(raw[..., 5:], axis=-1)), axis=-1)
    return ops.sum(taken * each, axis=(1, 2, 3))
