# what: the last row and column are never drawn
# fails: every place occurs about equally often, the last row and column too
# fails: a crop as large as the picture is the picture
# score: 3.33
def random_crops(images, height, width, seed):
    rng = np.random.default_rng(seed)
    n, h, w, _ = images.shape
    tops = rng.integers(0, h - height, size=n)
    lefts = rng.integers(0, w - width, size=n)
    return np.stack([i[t : t + height, l : l + width] for i, t, l in zip(images, tops, lefts)])
