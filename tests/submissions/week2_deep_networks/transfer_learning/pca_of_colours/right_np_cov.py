# what: NumPy's own covariance, and a sort
# score: 5
def pca_of_colours(images):
    values, vectors = np.linalg.eig(np.cov(images.reshape(-1, 3), rowvar=False))
    order = np.argsort(-values)
    return values[order], vectors[:, order]
