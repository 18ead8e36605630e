# what: only the four corners are drawn
# fails: each picture of a batch has a place of its own
# fails: every place occurs about equally often, the last row and column too
# score: 3.33
def random_crops(images, height, width, seed):
    rng = np.random.default_rng(seed)
    n, h, w, _ = images.shape
    tops = rng.integers(0, 2, size=n) * (h - height)
    lefts = rng.integers(0, 2, size=n) * (w - width)
    return np.stack([i[t : t + height, l : l + width] for i, t, l in zip(images, tops, lefts)])
