# what: height counts columns, width counts rows
# fails: a crop is a window of its picture, of the asked height and width
# fails: the same seed gives the same places, another seed others
# fails: a crop as large as the picture is the picture
# score: 2.5
def random_crops(images, height, width, seed):
    rng = np.random.default_rng(seed)
    n, h, w, _ = images.shape
    tops = rng.integers(0, h - width + 1, size=n)
    lefts = rng.integers(0, w - height + 1, size=n)
    return np.stack([i[t : t + width, l : l + height] for i, t, l in zip(images, tops, lefts)])
