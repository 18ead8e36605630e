# what: one more row and column, so that the right neighbour exists
# score: 5
def warp(image, matrix):
    h, w, _ = image.shape
    more = np.pad(image, ((0, 1), (0, 1), (0, 0)), mode="edge")
    ys, xs = np.mgrid[:h, :w].reshape(2, -1)
    x, y, _ = np.linalg.solve(matrix, np.stack([xs, ys, np.ones_like(xs)]).astype(float))
    x, y = x.clip(0, w - 1), y.clip(0, h - 1)
    j, i = x.astype(int), y.astype(int)
    u, v = (x % 1)[:, None], (y % 1)[:, None]
    result = (
        more[i, j] * (1 - u) * (1 - v) + more[i, j + 1] * u * (1 - v)
        + more[i + 1, j] * (1 - u) * v + more[i + 1, j + 1] * u * v
    )
    return result.reshape(image.shape)
