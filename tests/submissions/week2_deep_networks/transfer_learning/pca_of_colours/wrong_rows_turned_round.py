# what: the rows of the eigenvectors are turned round in place of the columns
# fails: each column of the eigenvectors is an axis of length 1
# fails: a gray picture varies along (1, 1, 1) alone
# score: 3.33
def pca_of_colours(images):
    p = images.reshape(-1, 3)
    p = p - p.mean(axis=0)
    values, vectors = np.linalg.eigh(p.T @ p / len(p))
    return values[::-1], vectors[::-1]
