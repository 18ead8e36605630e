# what: each picture's own mean is taken away
# fails: all pixels of all pictures make one cloud
# score: 4.17
def pca_of_colours(images):
    p = (images - images.mean(axis=(1, 2), keepdims=True)).reshape(-1, 3)
    values, vectors = np.linalg.eigh(p.T @ p / len(p))
    return values[::-1], vectors[:, ::-1]
