# what: slots that do not matter are told that there is nothing
# fails: the three slots worked by hand cost 1.5 ln 2
# fails: slots that do not matter pay nothing, whatever they say
# fails: random targets and numbers agree with a slow count
# fails: the slope is σ − 1 with a box, λ σ without, and 0 where it does not matter
# score: 3.5
def objectness_loss(target, raw, empty_weight=0.5):
    truth, logit = target[..., 0], raw[..., 0]
    taken = ops.cast(truth == 1, raw.dtype)
    empty = ops.cast(truth < 1, raw.dtype)
    with_box = taken * ops.softplus(-logit)
    without = empty * ops.softplus(logit)
    return ops.sum(with_box + empty_weight * without, axis=(1, 2, 3))
