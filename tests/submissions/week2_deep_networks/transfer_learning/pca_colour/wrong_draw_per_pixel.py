# what: each pixel gets a draw of its own
# fails: a draw of 1 for the first axis shifts by the first eigenvalue times the first column
# fails: one shift for the whole picture, and the same at every call
# fails: three draws add up
# score: 2.5
def colour_shift(image, shift):
    return np.clip(image + shift, 0, 1)


def pca_colour(image, eigenvalues, eigenvectors, draws):
    noise = np.random.default_rng().normal(size=image.shape) * draws
    return np.clip(image + (noise * eigenvalues) @ eigenvectors.T, 0, 1)
