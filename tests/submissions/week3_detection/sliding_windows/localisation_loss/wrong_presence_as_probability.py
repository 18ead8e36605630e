# what: the presence logit is taken for a probability
# fails: an empty window pays for its presence logit only
# fails: a window with a vehicle pays for a low logit
# fails: a random batch agrees with the formula, any number of classes
# fails: logits in the hundreds stay finite
# score: 2.29
def localisation_loss(truth, prediction):
    truth = ops.convert_to_tensor(truth)
    prediction = ops.convert_to_tensor(prediction)
    p, z = truth[:, 0], prediction[:, 0]
    q = ops.clip(z, 1e-7, 1 - 1e-7)
    presence = -p * ops.log(q) - (1 - p) * ops.log(1 - q)
    box = ops.sum((truth[:, 1:5] - prediction[:, 1:5]) ** 2, axis=1)
    u = prediction[:, 5:]
    kind = ops.logsumexp(u, axis=1) - ops.sum(truth[:, 5:] * u, axis=1)
    return presence + ops.where(p > 0.5, 10 * box + kind, ops.zeros_like(box))
