# what: interpolated along the rows only
# fails: between two pixels the value is between theirs
# fails: a linear ramp, enlarged, is a linear ramp without holes
# fails: rotated, sheared and moved pictures agree with the definition
# score: 2.5
def warp(image, matrix):
    h, w, _ = image.shape
    ys, xs = np.mgrid[:h, :w]
    x, y, _ = np.linalg.inv(matrix) @ np.stack([xs.ravel(), ys.ravel(), np.ones(h * w)])
    x, y = np.clip(x, 0, w - 1), np.clip(y, 0, h - 1)
    x0, y0 = np.floor(x).astype(int), np.rint(y).astype(int)
    x1 = np.minimum(x0 + 1, w - 1)
    u = (x - x0)[:, None]
    result = image[y0, x0] * (1 - u) + image[y0, x1] * u
    return result.reshape(image.shape)
