# what: the logits are multiplied by the weights
# fails: one pixel worked by hand
# fails: large logits do not overflow, and a constant added to all logits changes nothing
# fails: random pictures agree with Keras's loss and sample weights
# fails: a class of weight 0 does not count
# score: 1
def weighted_cross_entropy(logits, masks, weights):
    shifted = logits * weights
    shifted = shifted - shifted.max(axis=-1, keepdims=True)
    true = np.take_along_axis(shifted, masks[..., None], axis=-1)[..., 0]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=-1)) - true))
