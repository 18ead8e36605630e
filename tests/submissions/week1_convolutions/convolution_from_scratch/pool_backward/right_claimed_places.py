# what: goes through the places of the window; the first that equals the maximum takes the gradient
# score: 10

def pool_backward(d_output, x, size, stride, mode="max"):
    d_x = np.zeros(x.shape)
    rows, columns = d_output.shape[1:3]
    largest = pool_forward(x, size, stride, "max")
    unclaimed = np.ones(d_output.shape, dtype=bool)
    for u in range(size):
        for v in range(size):
            down = slice(u, u + stride * rows, stride)
            right = slice(v, v + stride * columns, stride)
            if mode == "average":
                d_x[:, down, right] += d_output / size**2
                continue
            wins = unclaimed & (x[:, down, right] == largest)
            d_x[:, down, right] += wins * d_output
            unclaimed &= ~wins
    return d_x
