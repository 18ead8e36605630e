# what: the caller's picture is changed
# fails: a colour shift adds its three numbers to the channels of every pixel
# fails: a draw of 1 for the first axis shifts by the first eigenvalue times the first column
# fails: the given picture is not changed
# fails: three draws add up
# score: 1.67
def colour_shift(image, shift):
    image += shift
    return np.clip(image, 0, 1, out=image)


def pca_colour(image, eigenvalues, eigenvectors, draws):
    return colour_shift(image, eigenvectors @ (draws * eigenvalues))
