# what: the images are never padded, so windows at the border are cut off
# fails: stride and padding move the window
# fails: random batches with any stride and padding give every window in its row
# score: 3.75

def im2col(x, height, width, stride=1, padding=0):
    n, h, w, channels = x.shape
    rows = output_size(h, height, stride, padding)
    columns = output_size(w, width, stride, padding)
    padded = zero_pad(x, 0)
    table = np.zeros((n, rows, columns, height * width * channels))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = padded[:, top : top + height, left : left + width]
            table[:, i, j] = np.resize(window, (n, height * width * channels))
    return table
