# what: one row per place, statistics as differences
# score: 8
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    rows = x.reshape(-1, x.shape[-1])
    new_mean, new_variance = moving_mean.copy(), moving_variance.copy()
    centre, spread = moving_mean, moving_variance
    if training:
        centre = rows.sum(axis=0) / len(rows)
        spread = (rows**2).sum(axis=0) / len(rows) - centre**2
        new_mean += (1 - momentum) * (centre - new_mean)
        new_variance += (1 - momentum) * (spread - new_variance)
    scale = gamma * (np.maximum(spread, 0) + epsilon) ** -0.5
    return x * scale + (beta - centre * scale), new_mean, new_variance
