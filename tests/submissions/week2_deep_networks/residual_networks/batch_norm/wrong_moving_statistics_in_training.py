# what: training normalises by the moving statistics it has just moved
# fails: in training every channel of the output has mean beta and spread gamma
# fails: the example by hand: the variance divides by the number of values
# fails: it agrees with Keras's layer in both modes
# fails: epsilon keeps a channel without any spread finite
# score: 4
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    if training:
        mean = np.mean(x, axis=(0, 1, 2))
        variance = np.var(x, axis=(0, 1, 2))
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    mean, variance = moving_mean, moving_variance
    y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
    return y, moving_mean, moving_variance
