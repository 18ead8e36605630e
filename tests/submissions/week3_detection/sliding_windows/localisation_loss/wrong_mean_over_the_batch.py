# what: a single number for the batch
# fails: an empty window pays for its presence logit only
# fails: a window with a vehicle pays for a low logit
# fails: the box costs ten times the sum of its squared errors
# fails: the class costs a cross-entropy on logits
# fails: a random batch agrees with the formula, any number of classes
# fails: logits in the hundreds stay finite
# score: 0
def localisation_loss(truth, prediction):
    truth = ops.convert_to_tensor(truth)
    prediction = ops.convert_to_tensor(prediction)
    p, z = truth[:, 0], prediction[:, 0]
    presence = p * ops.softplus(-z) + (1 - p) * ops.softplus(z)
    box = ops.sum((truth[:, 1:5] - prediction[:, 1:5]) ** 2, axis=1)
    u = prediction[:, 5:]
    kind = ops.logsumexp(u, axis=1) - ops.sum(truth[:, 5:] * u, axis=1)
    return ops.mean(presence + ops.where(p > 0.5, 10 * box + kind, ops.zeros_like(box)))
