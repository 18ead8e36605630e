# what: the colours are multiplied, not shifted
# fails: a colour shift adds its three numbers to the channels of every pixel
# fails: a draw of 1 for the first axis shifts by the first eigenvalue times the first column
# fails: one shift for the whole picture, and the same at every call
# fails: three draws add up
# score: 1.67
def colour_shift(image, shift):
    return np.clip(image * (1 + shift), 0, 1)


def pca_colour(image, eigenvalues, eigenvectors, draws):
    return colour_shift(image, eigenvectors @ (draws * eigenvalues))
