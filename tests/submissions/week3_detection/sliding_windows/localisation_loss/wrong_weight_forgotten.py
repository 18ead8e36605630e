# what: the box does not weigh ten times
# fails: the box costs ten times the sum of its squared errors
# fails: a random batch agrees with the formula, any number of classes
# score: 4.57
def localisation_loss(truth, prediction):
    truth = ops.convert_to_tensor(truth)
    prediction = ops.convert_to_tensor(prediction)
    p, z = truth[:, 0], prediction[:, 0]
    presence = p * ops.softplus(-z) + (1 - p) * ops.softplus(z)
    box = ops.sum((truth[:, 1:5] - prediction[:, 1:5]) ** 2, axis=1)
    u = prediction[:, 5:]
    kind = ops.logsumexp(u, axis=1) - ops.sum(truth[:, 5:] * u, axis=1)
    return presence + ops.where(p > 0.5, box + kind, ops.zeros_like(box))
