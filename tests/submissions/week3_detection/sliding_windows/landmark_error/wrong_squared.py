# what: mean squared distance
# fails: the distance is Euclidean, and in shares of the size
# fails: hidden landmarks count neither above nor below the line
# fails: each picture has an error of its own
# fails: random landmarks agree with plain loops
# fails: a picture without a visible landmark gives nan, the others their error
# score: 0
def landmark_error(truth, prediction, visible, sizes):
    errors = []
    for points, guesses, seen, size in zip(truth, prediction, visible, sizes, strict=True):
        distances = [((p - g) ** 2).sum() for p, g, s in zip(points, guesses, seen, strict=True) if s]
        errors.append(sum(distances) / len(distances) / size if distances else np.nan)
    return np.array(errors)
