# what: each picture is normalised by its own statistics
# fails: the example by hand: the variance divides by the number of values
# fails: training moves the moving variance likewise
# fails: it agrees with Keras's layer in both modes
# score: 4.8
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    if training:
        mean = np.mean(x, axis=(1, 2), keepdims=True)
        variance = np.var(x, axis=(1, 2), keepdims=True)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean.mean(axis=(0, 1, 2))
        moving_variance = momentum * moving_variance + (1 - momentum) * variance.mean(axis=(0, 1, 2))
    else:
        mean, variance = moving_mean, moving_variance
    y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
    return y, moving_mean, moving_variance
