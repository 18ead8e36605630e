# what: the moving average the wrong way round
# fails: training moves the moving mean by the share 1 - momentum
# fails: training moves the moving variance likewise
# score: 6.4
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    if training:
        mean = np.mean(x, axis=(0, 1, 2))
        variance = np.var(x, axis=(0, 1, 2))
        moving_mean = (1 - momentum) * moving_mean + momentum * mean
        moving_variance = (1 - momentum) * moving_variance + momentum * variance
    else:
        mean, variance = moving_mean, moving_variance
    y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
    return y, moving_mean, moving_variance
