# what: sigmoid and softmax first, then the logarithm
# fails: logits in the hundreds stay finite
# score: 6.86
def localisation_loss(truth, prediction):
    truth = ops.convert_to_tensor(truth)
    prediction = ops.convert_to_tensor(prediction)
    p, z = truth[:, 0], prediction[:, 0]
    q = ops.sigmoid(z)
    presence = -p * ops.log(q + 1e-12) - (1 - p) * ops.log(1 - q + 1e-12)
    box = ops.sum((truth[:, 1:5] - prediction[:, 1:5]) ** 2, axis=1)
    u = prediction[:, 5:]
    kind = ops.logsumexp(u, axis=1) - ops.sum(truth[:, 5:] * u, axis=1)
    return presence + ops.where(p > 0.5, 10 * box + kind, ops.zeros_like(box))
