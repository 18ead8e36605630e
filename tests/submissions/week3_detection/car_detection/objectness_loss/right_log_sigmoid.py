# what: by log_sigmoid, with where
# score: 7
def objectness_loss(target, raw, empty_weight=0.5):
    truth, logit = target[..., 0], raw[..., 0]
    cost = ops.where(
        truth > 0.5,
        -ops.log_sigmoid(logit),
        ops.where(truth < -0.5, 0.0, -empty_weight * ops.log_sigmoid(-logit)),
    )
    return ops.sum(cost, axis=[1, 2, 3])
