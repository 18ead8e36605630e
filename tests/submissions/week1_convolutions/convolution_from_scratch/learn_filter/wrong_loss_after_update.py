# what: each loss is that of the kernel after its update
# fails: the first loss is that of a kernel of zeros: the mean square of the edge maps
# fails: one bright pixel and the edge map 4 move the kernel's centre to 0.8, and the loss from 16 to 10.24
# fails: every step follows the gradient of the mean squared error over the whole batch
# score: 4

def learn_filter(images, edge_maps, steps, learning_rate):
    kernel = np.zeros((3, 3, 1, 1))
    bias = np.zeros(1)
    losses = []
    for step in range(steps):
        prediction = conv_forward_fast(images, kernel, bias)
        error = prediction - edge_maps
        d_prediction = 2 * error / error.size
        d_x, d_kernel, d_bias = conv_backward(d_prediction, images, kernel)
        kernel = kernel - learning_rate * d_kernel
        losses.append(np.mean((conv_forward_fast(images, kernel, bias) - edge_maps) ** 2))
    return kernel.reshape(3, 3), losses
