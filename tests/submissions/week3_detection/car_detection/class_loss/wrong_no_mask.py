# what: slots whose box does not matter pay, too
# fails: slots without a box pay nothing, those with objectness -1 included
# score: 4.29
def class_loss(target, raw):
    taken = ops.cast(target[..., 0] == 1, raw.dtype)
    each = -ops.sum(target[..., 5:] * ops.log_softmax(raw[..., 5:], axis=-1), axis=-1)
    return ops.sum(each, axis=(1, 2, 3))
