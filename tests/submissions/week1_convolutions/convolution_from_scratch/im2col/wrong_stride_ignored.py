# what: the shape follows the stride, the windows do not
# fails: stride and padding move the window
# fails: random batches with any stride and padding give every window in its row
# score: 3.75

def im2col(x, height, width, stride=1, padding=0):
    n, h, w, channels = x.shape
    rows = output_size(h, height, stride, padding)
    columns = output_size(w, width, stride, padding)
    padded = zero_pad(x, padding)
    table = np.zeros((n, rows, columns, height * width * channels))
    for i in range(rows):
        for j in range(columns):
            top, left = i, j
            window = padded[:, top : top + height, left : left + width]
            table[:, i, j] = window.reshape(n, -1)
    return table
