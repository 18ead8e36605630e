# what: the logarithm of the sum, less the true kind's number
# score: 5
def class_loss(target, raw):
    kinds, said = target[..., 5:], raw[..., 5:]
    each = ops.logsumexp(said, axis=-1) - ops.sum(kinds * said, axis=-1)
    return ops.sum(ops.where(target[..., 0] == 1, each, ops.zeros_like(each)), axis=(1, 2, 3))
