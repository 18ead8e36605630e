# what: another seed than the one given
# fails: the same seed gives the same places, another seed others
# score: 4.17
def random_crops(images, height, width, seed):
    rng = np.random.default_rng(0)
    n, h, w, _ = images.shape
    tops = rng.integers(0, h - height + 1, size=n)
    lefts = rng.integers(0, w - width + 1, size=n)
    return np.stack([i[t : t + height, l : l + width] for i, t, l in zip(images, tops, lefts)])
