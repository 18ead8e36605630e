# what: the mean is taken away from the caller's pictures
# fails: the eigenvalues are the variances along the axes, the largest first
# fails: each column of the eigenvectors is an axis of length 1
# fails: a gray picture varies along (1, 1, 1) alone
# fails: a brighter set of pictures has the same axes
# fails: seeing every picture twice changes nothing
# score: 0.83
def pca_of_colours(images):
    images -= images.mean(axis=(0, 1, 2))
    p = images.reshape(-1, 3)
    values, vectors = np.linalg.eigh(p.T @ p / len(p))
    return values[::-1], vectors[:, ::-1]
