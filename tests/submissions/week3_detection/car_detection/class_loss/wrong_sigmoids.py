# what: a sigmoid for each kind
# fails: with three kinds equally likely, a box costs ln 3
# fails: a box costs minus the logarithm of its own kind's probability
# fails: raw numbers of ±150 give finite losses
# fails: random targets and numbers agree with a slow count
# fails: the slope is the probability, less 1 for the true kind
# score: 0.71
def class_loss(target, raw):
    taken = ops.cast(target[..., 0] == 1, raw.dtype)
    each = ops.sum(ops.softplus(raw[..., 5:]) - target[..., 5:] * raw[..., 5:], axis=-1)
    return ops.sum(taken * each, axis=(1, 2, 3))
