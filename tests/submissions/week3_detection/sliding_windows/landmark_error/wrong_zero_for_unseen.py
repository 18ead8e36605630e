# what: no visible landmark counts as no error
# fails: a picture without a visible landmark gives nan, the others their error
# score: 4.17
def landmark_error(truth, prediction, visible, sizes):
    errors = []
    for points, guesses, seen, size in zip(truth, prediction, visible, sizes, strict=True):
        distances = [np.sqrt(((p - g) ** 2).sum()) for p, g, s in zip(points, guesses, seen, strict=True) if s]
        errors.append(sum(distances) / len(distances) / size if distances else 0.0)
    return np.array(errors)
