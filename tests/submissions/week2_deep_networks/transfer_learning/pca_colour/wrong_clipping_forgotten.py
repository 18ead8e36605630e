# what: nothing is clipped
# fails: colours stay between 0 and 1
# score: 4.17
def colour_shift(image, shift):
    return image + shift


def pca_colour(image, eigenvalues, eigenvectors, draws):
    return colour_shift(image, eigenvectors @ (draws * eigenvalues))
