# what: every row of a crop is drawn on its own
# fails: a crop is a window of its picture, of the asked height and width
# fails: each picture of a batch has a place of its own
# fails: the same seed gives the same places, another seed others
# fails: every place occurs about equally often, the last row and column too
# fails: row and column are drawn independently of each other
# score: 0.83
def random_crops(images, height, width, seed):
    rng = np.random.default_rng(seed)
    n, h, w, _ = images.shape
    crops = []
    for image in images:
        rows = np.sort(rng.permutation(h)[:height])
        left = rng.integers(0, w - width + 1)
        crops.append(image[rows, left : left + width])
    return np.stack(crops)
