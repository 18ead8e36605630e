# what: what leaves at one side comes in at the other
# fails: outside the picture its border goes on
# fails: rotated, sheared and moved pictures agree with the definition
# score: 3.33
def warp(image, matrix):
    h, w, _ = image.shape
    ys, xs = np.mgrid[:h, :w]
    x, y, _ = np.linalg.inv(matrix) @ np.stack([xs.ravel(), ys.ravel(), np.ones(h * w)])
    x, y = x % w, y % h
    x0, y0 = np.floor(x).astype(int) % w, np.floor(y).astype(int) % h
    x1, y1 = (x0 + 1) % w, (y0 + 1) % h
    u, v = (x % 1)[:, None], (y % 1)[:, None]
    upper = image[y0, x0] * (1 - u) + image[y0, x1] * u
    lower = image[y1, x0] * (1 - u) + image[y1, x1] * u
    result = upper * (1 - v) + lower * v
    return result.reshape(image.shape)
