# what: works out the gradient as nine sums, without the layers
# score: 8

def learn_filter(images, edge_maps, steps, learning_rate):
    table = im2col(images, 3, 3).reshape(-1, 9)
    wanted = edge_maps.reshape(-1)
    kernel, losses = np.zeros(9), []
    for _ in range(steps):
        error = table @ kernel - wanted
        losses.append(float(error @ error / len(error)))
        kernel = kernel - learning_rate * 2 / len(error) * (table.T @ error)
    return kernel.reshape(3, 3), losses
