# what: places in the middle are more likely
# fails: every place occurs about equally often, the last row and column too
# score: 4.17
def random_crops(images, height, width, seed):
    rng = np.random.default_rng(seed)
    n, h, w, _ = images.shape
    tops = rng.binomial(h - height, 0.5, size=n)
    lefts = rng.binomial(w - width, 0.5, size=n)
    return np.stack([i[t : t + height, l : l + width] for i, t, l in zip(images, tops, lefts)])
