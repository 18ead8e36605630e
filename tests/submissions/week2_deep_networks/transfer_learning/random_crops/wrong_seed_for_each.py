# what: the generator starts anew for each picture
# fails: each picture of a batch has a place of its own
# fails: every place occurs about equally often, the last row and column too
# fails: row and column are drawn independently of each other
# score: 2.5
def random_crops(images, height, width, seed):
    crops = []
    for image in images:
        rng = np.random.default_rng(seed)
        t = rng.integers(0, image.shape[0] - height + 1)
        l = rng.integers(0, image.shape[1] - width + 1)
        crops.append(image[t : t + height, l : l + width])
    return np.stack(crops)
