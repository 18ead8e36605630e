# what: the first picture alone
# fails: the eigenvalues are the variances along the axes, the largest first
# fails: all pixels of all pictures make one cloud
# score: 3.33
def pca_of_colours(images):
    p = images[0].reshape(-1, 3)
    p = p - p.mean(axis=0)
    values, vectors = np.linalg.eigh(p.T @ p / len(p))
    return values[::-1], vectors[:, ::-1]
