# what: the mean is not taken away
# fails: a brighter set of pictures has the same axes
# score: 4.17
def pca_of_colours(images):
    p = images.reshape(-1, 3)
    values, vectors = np.linalg.eigh(p.T @ p / len(p))
    return values[::-1], vectors[:, ::-1]
