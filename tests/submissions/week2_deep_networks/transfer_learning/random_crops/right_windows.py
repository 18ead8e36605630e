# what: all windows at once, one chosen by its number
# score: 5
def random_crops(images, height, width, seed):
    rng = np.random.default_rng(seed)
    windows = np.lib.stride_tricks.sliding_window_view(images, (height, width), axis=(1, 2))
    down, right = windows.shape[1:3]
    number = rng.integers(down * right, size=len(images))
    chosen = windows[np.arange(len(images)), number // right, number % right]
    return np.moveaxis(chosen, 1, -1)
