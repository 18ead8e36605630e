# what: singular values of the centred pixels
# score: 5
def pca_of_colours(images):
    pixels = images.reshape(-1, 3) - images.mean(axis=(0, 1, 2))
    _, singular, directions = np.linalg.svd(pixels, full_matrices=False)
    return singular**2 / len(pixels), directions.T
