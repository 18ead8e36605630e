# what: one mean and variance for all channels together
# fails: in training every channel of the output has mean beta and spread gamma
# fails: training moves the moving variance likewise
# fails: it agrees with Keras's layer in both modes
# score: 4.8
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    if training:
        mean = np.full(x.shape[-1], np.mean(x))
        variance = np.full(x.shape[-1], np.var(x))
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    else:
        mean, variance = moving_mean, moving_variance
    y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
    return y, moving_mean, moving_variance
