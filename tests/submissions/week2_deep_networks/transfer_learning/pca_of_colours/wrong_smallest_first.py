# what: the order of eigh
# fails: the eigenvalues are the variances along the axes, the largest first
# fails: each column of the eigenvectors is an axis of length 1
# score: 3.33
def pca_of_colours(images):
    p = images.reshape(-1, 3)
    p = p - p.mean(axis=0)
    values, vectors = np.linalg.eigh(p.T @ p / len(p))
    return values, vectors
