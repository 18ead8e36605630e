# what: the weights are not used
# fails: one pixel worked by hand
# fails: random pictures agree with Keras's loss and sample weights
# fails: a class of weight 0 does not count
# score: 2
def weighted_cross_entropy(logits, masks, weights):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    true = np.take_along_axis(shifted, masks[..., None], axis=-1)[..., 0]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=-1)) - true))
