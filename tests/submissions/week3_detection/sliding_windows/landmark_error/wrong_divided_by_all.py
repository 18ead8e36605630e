# what: divides by the number of all landmarks
# fails: hidden landmarks count neither above nor below the line
# fails: random landmarks agree with plain loops
# fails: a picture without a visible landmark gives nan, the others their error
# score: 1.67
def landmark_error(truth, prediction, visible, sizes):
    errors = []
    for points, guesses, seen, size in zip(truth, prediction, visible, sizes, strict=True):
        distances = [np.sqrt(((p - g) ** 2).sum()) for p, g, s in zip(points, guesses, seen, strict=True) if s]
        errors.append(sum(distances) / len(points) / size if distances else np.nan)
    return np.array(errors)
