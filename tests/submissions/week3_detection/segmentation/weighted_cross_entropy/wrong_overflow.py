# what: e to the power of the bare logits
# fails: large logits do not overflow, and a constant added to all logits changes nothing
# score: 5
def weighted_cross_entropy(logits, masks, weights):
    with np.errstate(all="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        true = np.take_along_axis(p, masks[..., None], axis=-1)[..., 0]
        return float(np.mean(-weights[masks] * np.log(true)))
