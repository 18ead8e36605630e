# what: the derivative of the square lacks its 2
# fails: one bright pixel and the edge map 4 move the kernel's centre to 0.8, and the loss from 16 to 10.24
# fails: every step follows the gradient of the mean squared error over the whole batch
# score: 5

def learn_filter(images, edge_maps, steps, learning_rate):
    kernel = np.zeros((3, 3, 1, 1))
    bias = np.zeros(1)
    losses = []
    for step in range(steps):
        prediction = conv_forward_fast(images, kernel, bias)
        error = prediction - edge_maps
        losses.append(np.mean(error**2))
        d_prediction = error / error.size
        d_x, d_kernel, d_bias = conv_backward(d_prediction, images, kernel)
        kernel = kernel - learning_rate * d_kernel
    return kernel.reshape(3, 3), losses
