# what: the new places are clipped, not the old ones
# fails: outside the picture its border goes on
# fails: rotated, sheared and moved pictures agree with the definition
# score: 3.33
def warp(image, matrix):
    h, w, _ = image.shape
    ys, xs = np.mgrid[:h, :w]
    x, y, _ = np.linalg.inv(matrix) @ np.stack([xs.ravel(), ys.ravel(), np.ones(h * w)])
    x, y = np.minimum(np.abs(x), w - 1), np.minimum(np.abs(y), h - 1)
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    x1, y1 = np.minimum(x0 + 1, w - 1), np.minimum(y0 + 1, h - 1)
    u, v = (x - x0)[:, None], (y - y0)[:, None]
    upper = image[y0, x0] * (1 - u) + image[y0, x1] * u
    lower = image[y1, x0] * (1 - u) + image[y1, x1] * u
    result = upper * (1 - v) + lower * v
    return result.reshape(image.shape)
