# what: the sum as an einsum
# score: 5
def colour_shift(image, shift):
    return np.clip(image + shift, 0, 1)


def pca_colour(image, eigenvalues, eigenvectors, draws):
    return colour_shift(image, np.einsum("ck,k,k->c", eigenvectors, eigenvalues, draws))
