# what: the mean of the shift for all channels: brightness only
# fails: a colour shift adds its three numbers to the channels of every pixel
# fails: a draw of 1 for the first axis shifts by the first eigenvalue times the first column
# fails: three draws add up
# score: 2.5
def colour_shift(image, shift):
    return np.clip(image + np.mean(shift), 0, 1)


def pca_colour(image, eigenvalues, eigenvectors, draws):
    return colour_shift(image, eigenvectors @ (draws * eigenvalues))
