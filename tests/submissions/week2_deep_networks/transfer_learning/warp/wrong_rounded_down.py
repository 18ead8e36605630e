# what: the pixel above and to the left, not interpolated
# fails: between two pixels the value is between theirs
# fails: a linear ramp, enlarged, is a linear ramp without holes
# fails: rotated, sheared and moved pictures agree with the definition
# score: 2.5
def warp(image, matrix):
    h, w, _ = image.shape
    ys, xs = np.mgrid[:h, :w]
    x, y, _ = np.linalg.inv(matrix) @ np.stack([xs.ravel(), ys.ravel(), np.ones(h * w)])
    x, y = np.clip(x, 0, w - 1), np.clip(y, 0, h - 1)
    result = image[y.astype(int), x.astype(int)]
    return result.reshape(image.shape)
