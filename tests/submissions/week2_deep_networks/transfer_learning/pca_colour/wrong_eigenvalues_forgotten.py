# what: the eigenvalues are left out
# fails: a draw of 1 for the first axis shifts by the first eigenvalue times the first column
# fails: one shift for the whole picture, and the same at every call
# fails: three draws add up
# score: 2.5
def colour_shift(image, shift):
    return np.clip(image + shift, 0, 1)


def pca_colour(image, eigenvalues, eigenvectors, draws):
    return colour_shift(image, eigenvectors @ draws)
