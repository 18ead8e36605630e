# what: the weight goes over both terms
# fails: the three slots worked by hand cost 1.5 ln 2
# fails: a slot that misses its box is punished by softplus of minus its number, whatever the weight
# fails: raw numbers of ±150 give finite losses
# fails: random targets and numbers agree with a slow count
# fails: the slope is σ − 1 with a box, λ σ without, and 0 where it does not matter
# score: 2.8
def objectness_loss(target, raw, empty_weight=0.5):
    truth, logit = target[..., 0], raw[..., 0]
    taken = ops.cast(truth == 1, raw.dtype)
    empty = ops.cast(truth == 0, raw.dtype)
    with_box = taken * ops.softplus(-logit)
    without = empty * ops.softplus(logit)
    return ops.sum(empty_weight * (with_box + without), axis=(1, 2, 3))
