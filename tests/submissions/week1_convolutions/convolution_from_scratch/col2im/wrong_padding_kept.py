# what: the slice is left out altogether
# fails: her own test still passes: windows that do not overlap, with padding
# fails: random tables of any stride and padding come home to the right pixels
# score: 2.5

def col2im(columns, shape, height, width, stride=1, padding=0):
    n, h, w, c = shape
    rows, cols = columns.shape[1:3]
    columns = columns.reshape(n, rows, cols, height, width, c)
    image = np.zeros((n, h + 2 * padding, w + 2 * padding, c))
    for u in range(height):
        for v in range(width):
            image[:, u : u + stride * rows : stride, v : v + stride * cols : stride] += columns[
                :, :, :, u, v
            ]
    return image
