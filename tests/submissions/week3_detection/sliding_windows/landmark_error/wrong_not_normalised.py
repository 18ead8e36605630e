# what: an error in pixels
# fails: the distance is Euclidean, and in shares of the size
# fails: hidden landmarks count neither above nor below the line
# fails: random landmarks agree with plain loops
# score: 1.67
def landmark_error(truth, prediction, visible, sizes):
    errors = []
    for points, guesses, seen, size in zip(truth, prediction, visible, sizes, strict=True):
        distances = [np.sqrt(((p - g) ** 2).sum()) for p, g, s in zip(points, guesses, seen, strict=True) if s]
        errors.append(sum(distances) / len(distances) if distances else np.nan)
    return np.array(errors)
