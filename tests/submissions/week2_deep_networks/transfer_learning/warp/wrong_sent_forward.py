# what: every pixel is sent to its place: holes stay
# fails: between two pixels the value is between theirs
# fails: outside the picture its border goes on
# fails: a linear ramp, enlarged, is a linear ramp without holes
# fails: rotated, sheared and moved pictures agree with the definition
# score: 1.67
def warp(image, matrix):
    h, w, _ = image.shape
    ys, xs = np.mgrid[:h, :w].reshape(2, -1)
    x, y, _ = matrix @ np.stack([xs, ys, np.ones_like(xs)]).astype(float)
    x, y = np.rint(x).astype(int), np.rint(y).astype(int)
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    result = np.zeros_like(image)
    result[y[inside], x[inside]] = image[ys[inside], xs[inside]]
    return result
