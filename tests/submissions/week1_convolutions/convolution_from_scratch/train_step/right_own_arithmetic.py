# what: pools before ReLU, which gives the same numbers, and updates a copy
# score: 12

def train_step(parameters, images, labels, learning_rate):
    new = {name: value.copy() for name, value in parameters.items()}
    maps = conv_forward_fast(images, new["kernels"], new["kernel_bias"], STRIDE, PADDING)
    pooled = pool_forward(maps, POOL, POOL)
    features = np.where(pooled > 0, pooled, 0).reshape(len(labels), -1)
    loss, delta = softmax_cross_entropy(features @ new["weights"] + new["bias"], labels)
    back = (delta @ new["weights"].T).reshape(pooled.shape) * (pooled > 0)
    back = pool_backward(back, maps, POOL, POOL)
    _, d_kernels, d_kernel_bias = conv_backward(back, images, new["kernels"], STRIDE, PADDING)
    new["weights"] -= learning_rate * np.einsum("nd,nk->dk", features, delta)
    new["bias"] -= learning_rate * delta.sum(axis=0)
    new["kernels"] -= learning_rate * d_kernels
    new["kernel_bias"] -= learning_rate * d_kernel_bias
    return new, loss
