# what: takes the nearest pixel as if the first and last pixels lay at the edges
# fails: taking every size-th row and column gives the small map back
# fails: output pixel (i, j) is the input pixel (i // size, j // size)
# score: 1
def nearest_unpool(x, size):
    n, h, w, c = x.shape
    rows = np.round(np.linspace(0, h - 1, h * size)).astype(int)
    columns = np.round(np.linspace(0, w - 1, w * size)).astype(int)
    return x[:, rows][:, :, columns]
