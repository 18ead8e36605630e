# what: stretched to [0, 1] in place of clipped
# fails: a colour shift adds its three numbers to the channels of every pixel
# fails: a draw of 1 for the first axis shifts by the first eigenvalue times the first column
# fails: one shift for the whole picture, and the same at every call
# fails: three draws add up
# score: 1.67
def colour_shift(image, shift):
    result = image + shift
    return (result - result.min()) / (result.max() - result.min() + 1e-9)


def pca_colour(image, eigenvalues, eigenvectors, draws):
    return colour_shift(image, eigenvectors @ (draws * eigenvalues))
