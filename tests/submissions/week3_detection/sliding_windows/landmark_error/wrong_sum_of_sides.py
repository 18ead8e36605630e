# what: differences in x and y added, not by Pythagoras
# fails: the distance is Euclidean, and in shares of the size
# fails: hidden landmarks count neither above nor below the line
# fails: random landmarks agree with plain loops
# fails: a picture without a visible landmark gives nan, the others their error
# score: 0.83
def landmark_error(truth, prediction, visible, sizes):
    errors = []
    for points, guesses, seen, size in zip(truth, prediction, visible, sizes, strict=True):
        distances = [np.abs(p - g).sum() for p, g, s in zip(points, guesses, seen, strict=True) if s]
        errors.append(sum(distances) / len(distances) / size if distances else np.nan)
    return np.array(errors)
