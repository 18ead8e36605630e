# what: a draw per picture, both ends included
# score: 5
def random_crops(images, height, width, seed):
    rng = np.random.default_rng(seed)
    result = np.zeros((len(images), height, width, images.shape[3]), dtype=images.dtype)
    for n in range(len(images)):
        top = rng.integers(0, images.shape[1] - height, endpoint=True)
        left = rng.integers(0, images.shape[2] - width, endpoint=True)
        result[n] = images[n, top : top + height, left : left + width]
    return result
