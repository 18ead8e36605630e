# what: the gradient is divided by the number of images only
# fails: sixty steps on random patches find Sobel's filter, the right way round
# fails: every step follows the gradient of the mean squared error over the whole batch
# fails: a filter without any symmetry is found as well
# score: 4

def learn_filter(images, edge_maps, steps, learning_rate):
    kernel = np.zeros((3, 3, 1, 1))
    bias = np.zeros(1)
    losses = []
    for step in range(steps):
        prediction = conv_forward_fast(images, kernel, bias)
        error = prediction - edge_maps
        losses.append(np.mean(error**2))
        d_prediction = 2 * error / len(images)
        d_x, d_kernel, d_bias = conv_backward(d_prediction, images, kernel)
        kernel = kernel - learning_rate * d_kernel
    return kernel.reshape(3, 3), losses
