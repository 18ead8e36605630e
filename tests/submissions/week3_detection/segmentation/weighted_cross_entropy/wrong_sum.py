# what: the sum over pixels
# fails: undecided everywhere: the loss is log(classes), however large the pictures
# fails: random pictures agree with Keras's loss and sample weights
# score: 3
def weighted_cross_entropy(logits, masks, weights):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    true = np.take_along_axis(shifted, masks[..., None], axis=-1)[..., 0]
    losses = np.log(np.exp(shifted).sum(axis=-1)) - true
    return float(np.sum(weights[masks] * losses))
