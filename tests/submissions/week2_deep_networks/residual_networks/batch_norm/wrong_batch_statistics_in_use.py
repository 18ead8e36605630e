# what: the batch decides in use as well
# fails: in use the moving statistics decide, and stay as they were
# fails: a picture is answered alike, alone or in a batch
# fails: it agrees with Keras's layer in both modes
# fails: epsilon keeps a channel without any spread finite
# score: 4
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    mean = np.mean(x, axis=(0, 1, 2))
    variance = np.var(x, axis=(0, 1, 2))
    if training:
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
    return y, moving_mean, moving_variance
