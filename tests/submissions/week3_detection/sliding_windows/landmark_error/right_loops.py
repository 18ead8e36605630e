# what: plain loops
# score: 5
def landmark_error(truth, prediction, visible, sizes):
    errors = []
    for points, guesses, seen, size in zip(truth, prediction, visible, sizes, strict=True):
        distances = [np.sqrt(((p - g) ** 2).sum()) for p, g, s in zip(points, guesses, seen, strict=True) if s]
        errors.append(sum(distances) / len(distances) / size if distances else np.nan)
    return np.array(errors)
