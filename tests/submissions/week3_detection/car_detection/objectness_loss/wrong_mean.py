# what: the mean over the slots for their sum
# fails: the three slots worked by hand cost 1.5 ln 2
# fails: an empty slot that sees a vehicle is punished, by the weight times softplus of its number
# fails: a slot that misses its box is punished by softplus of minus its number, whatever the weight
# fails: raw numbers of ±150 give finite losses
# fails: a picture's loss is the sum over its slots, and no picture pays for another
# fails: random targets and numbers agree with a slow count
# fails: the slope is σ − 1 with a box, λ σ without, and 0 where it does not matter
# score: 1.4
def objectness_loss(target, raw, empty_weight=0.5):
    truth, logit = target[..., 0], raw[..., 0]
    taken = ops.cast(truth == 1, raw.dtype)
    empty = ops.cast(truth == 0, raw.dtype)
    with_box = taken * ops.softplus(-logit)
    without = empty * ops.softplus(logit)
    return ops.mean(with_box + empty_weight * without, axis=(1, 2, 3))
