# what: only the first axis counts
# fails: three draws add up
# score: 4.17
def colour_shift(image, shift):
    return np.clip(image + shift, 0, 1)


def pca_colour(image, eigenvalues, eigenvectors, draws):
    return colour_shift(image, draws[0] * eigenvalues[0] * eigenvectors[:, 0])
