# what: the three terms one by one, without the first function
# score: 5
def colour_shift(image, shift):
    result = np.empty(image.shape)
    for channel in range(3):
        result[:, :, channel] = np.minimum(np.maximum(image[:, :, channel] + shift[channel], 0), 1)
    return result


def pca_colour(image, eigenvalues, eigenvectors, draws):
    shift = 0
    for k in range(3):
        shift = shift + draws[k] * eigenvalues[k] * eigenvectors[:, k]
    return (image + shift).clip(0, 1)
