# what: the caller's arrays are changed
# fails: the old parameters, the images and the labels are left as they are
# score: 11.08

def train_step(parameters, images, labels, learning_rate):
    kernels, kernel_bias = parameters["kernels"], parameters["kernel_bias"]
    weights, bias = parameters["weights"], parameters["bias"]
    a = conv_forward_fast(images, kernels, kernel_bias, STRIDE, PADDING)
    b = np.maximum(a, 0)
    c = pool_forward(b, POOL, POOL, "max")
    d = c.reshape(len(images), -1)
    e = d @ weights + bias
    loss, d_e = softmax_cross_entropy(e, labels)
    d_d = d_e @ weights.T
    d_c = d_d.reshape(c.shape)
    d_b = pool_backward(d_c, b, POOL, POOL, "max")
    d_a = np.where(a > 0, d_b, 0)
    _, d_kernels, d_kernel_bias = conv_backward(d_a, images, kernels, STRIDE, PADDING)
    kernels -= learning_rate * d_kernels
    kernel_bias -= learning_rate * d_kernel_bias
    weights -= learning_rate * d.T @ d_e
    bias -= learning_rate * d_e.sum(axis=0)
    return parameters, loss
