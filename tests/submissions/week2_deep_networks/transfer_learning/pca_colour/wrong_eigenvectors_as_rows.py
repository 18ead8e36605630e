# what: the eigenvectors are taken for rows
# fails: a draw of 1 for the first axis shifts by the first eigenvalue times the first column
# fails: three draws add up
# score: 3.33
def colour_shift(image, shift):
    return np.clip(image + shift, 0, 1)


def pca_colour(image, eigenvalues, eigenvectors, draws):
    return colour_shift(image, (draws * eigenvalues) @ eigenvectors)
