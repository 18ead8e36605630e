# what: the sum over the pixels
# fails: the eigenvalues are the variances along the axes, the largest first
# fails: all pixels of all pictures make one cloud
# fails: seeing every picture twice changes nothing
# score: 2.5
def pca_of_colours(images):
    p = images.reshape(-1, 3)
    p = p - p.mean(axis=0)
    values, vectors = np.linalg.eigh(p.T @ p)
    return values[::-1], vectors[:, ::-1]
