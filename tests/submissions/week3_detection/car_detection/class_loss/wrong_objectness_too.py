# what: begins one place too early
# fails: with three kinds equally likely, a box costs ln 3
# fails: a box costs minus the logarithm of its own kind's probability
# fails: random targets and numbers agree with a slow count
# fails: the slope is the probability, less 1 for the true kind
# score: 1.43
def class_loss(target, raw):
    taken = ops.cast(target[..., 0] == 1, raw.dtype)
    each = -ops.sum(target[..., 4:] * ops.log_softmax(raw[..., 4:], axis=-1), axis=-1)
    return ops.sum(taken * each, axis=(1, 2, 3))
