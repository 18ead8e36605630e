# what: the eigenvectors are returned as rows
# fails: each column of the eigenvectors is an axis of length 1
# score: 4.17
def pca_of_colours(images):
    p = images.reshape(-1, 3)
    p = p - p.mean(axis=0)
    values, vectors = np.linalg.eigh(p.T @ p / len(p))
    return values[::-1], vectors[:, ::-1].T
