# what: rows are taken for x, columns for y
# fails: moved by (2, 1), a picture comes to lie 2 columns to the right and 1 row further down
# fails: between two pixels the value is between theirs
# fails: outside the picture its border goes on
# fails: a linear ramp, enlarged, is a linear ramp without holes
# fails: rotated, sheared and moved pictures agree with the definition
# score: 0.83
def warp(image, matrix):
    h, w, _ = image.shape
    ys, xs = np.mgrid[:h, :w]
    y, x, _ = np.linalg.inv(matrix) @ np.stack([ys.ravel(), xs.ravel(), np.ones(h * w)])
    x, y = np.clip(x, 0, w - 1), np.clip(y, 0, h - 1)
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    x1, y1 = np.minimum(x0 + 1, w - 1), np.minimum(y0 + 1, h - 1)
    u, v = (x - x0)[:, None], (y - y0)[:, None]
    upper = image[y0, x0] * (1 - u) + image[y0, x1] * u
    lower = image[y1, x0] * (1 - u) + image[y1, x1] * u
    result = upper * (1 - v) + lower * v
    return result.reshape(image.shape)
