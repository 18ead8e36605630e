# what: by the formula, with lists of rows and columns
# score: 3
def nearest_unpool(x, size):
    rows = np.arange(x.shape[1] * size) // size
    columns = np.arange(x.shape[2] * size) // size
    return x[:, rows[:, None], columns[None, :]]
