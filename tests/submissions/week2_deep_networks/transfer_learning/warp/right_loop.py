# what: pixel by pixel, four weights
# score: 5
def warp(image, matrix):
    h, w, c = image.shape
    inverse = np.linalg.inv(matrix)
    result = np.zeros((h, w, c))
    for row in range(h):
        for column in range(w):
            x, y, _ = inverse @ np.array([column, row, 1.0])
            x, y = min(max(x, 0.0), w - 1.0), min(max(y, 0.0), h - 1.0)
            for i in (int(y), int(y) + 1):
                for j in (int(x), int(x) + 1):
                    weight = (1 - abs(y - i)) * (1 - abs(x - j))
                    if weight > 0:
                        result[row, column] += weight * image[i, j]
    return result
