# what: where in place of a product, logsumexp
# score: 8
def localisation_loss(truth, prediction):
    truth = ops.convert_to_tensor(truth)
    prediction = ops.convert_to_tensor(prediction)
    p, z = truth[:, 0], prediction[:, 0]
    presence = p * ops.softplus(-z) + (1 - p) * ops.softplus(z)
    box = ops.sum((truth[:, 1:5] - prediction[:, 1:5]) ** 2, axis=1)
    u = prediction[:, 5:]
    kind = ops.logsumexp(u, axis=1) - ops.sum(truth[:, 5:] * u, axis=1)
    return presence + ops.where(p > 0.5, 10 * box + kind, ops.zeros_like(box))
