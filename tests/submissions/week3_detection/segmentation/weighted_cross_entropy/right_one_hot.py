# what: with a one-hot truth, flattened
# score: 6
def weighted_cross_entropy(logits, masks, weights):
    z = logits.reshape(-1, logits.shape[-1])
    truth = np.eye(z.shape[1])[masks.ravel()]
    top = z.max(axis=1)
    log_sum = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
    return np.sum(truth * weights * (log_sum[:, None] - z)) / len(z)
