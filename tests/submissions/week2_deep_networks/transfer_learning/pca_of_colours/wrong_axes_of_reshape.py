# what: channels are taken for the first axis
# fails: the eigenvalues are the variances along the axes, the largest first
# fails: each column of the eigenvectors is an axis of length 1
# fails: a brighter set of pictures has the same axes
# fails: all pixels of all pictures make one cloud
# fails: seeing every picture twice changes nothing
# score: 0.83
def pca_of_colours(images):
    p = images.reshape(3, -1)
    p = p - p.mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh(p @ p.T / p.shape[1])
    return values[::-1], vectors[:, ::-1]
