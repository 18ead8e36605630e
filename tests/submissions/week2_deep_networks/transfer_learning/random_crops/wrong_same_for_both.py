# what: one number for row and column
# fails: every place occurs about equally often, the last row and column too
# fails: row and column are drawn independently of each other
# score: 3.33
def random_crops(images, height, width, seed):
    rng = np.random.default_rng(seed)
    n, h, w, _ = images.shape
    starts = rng.integers(0, min(h - height, w - width) + 1, size=n)
    return np.stack([i[s : s + height, s : s + width] for i, s in zip(images, starts)])
