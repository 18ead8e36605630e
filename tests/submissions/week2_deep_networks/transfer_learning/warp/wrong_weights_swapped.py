# what: u and 1 - u are swapped, v and 1 - v as well
# fails: the identity gives the picture back, rectangular and with three channels
# fails: moved by (2, 1), a picture comes to lie 2 columns to the right and 1 row further down
# fails: between two pixels the value is between theirs
# fails: outside the picture its border goes on
# fails: a linear ramp, enlarged, is a linear ramp without holes
# fails: rotated, sheared and moved pictures agree with the definition
# score: 0
def warp(image, matrix):
    h, w, _ = image.shape
    ys, xs = np.mgrid[:h, :w]
    x, y, _ = np.linalg.inv(matrix) @ np.stack([xs.ravel(), ys.ravel(), np.ones(h * w)])
    x, y = np.clip(x, 0, w - 1), np.clip(y, 0, h - 1)
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    x1, y1 = np.minimum(x0 + 1, w - 1), np.minimum(y0 + 1, h - 1)
    u, v = (x - x0)[:, None], (y - y0)[:, None]
    upper = image[y0, x0] * u + image[y0, x1] * (1 - u)
    lower = image[y1, x0] * u + image[y1, x1] * (1 - u)
    result = upper * v + lower * (1 - v)
    return result.reshape(image.shape)
