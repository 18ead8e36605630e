# what: height and width of the output are both worked out from the height
# fails: the table has a row for each output position and an entry for each number in a window
# fails: a 3×4 image and a 2×2 window give the six rows of the picture above
# fails: stride and padding move the window
# fails: random batches with any stride and padding give every window in its row
# score: 2.25

def im2col(x, height, width, stride=1, padding=0):
    n, h, w, channels = x.shape
    rows = output_size(h, height, stride, padding)
    columns = output_size(h, height, stride, padding)
    padded = zero_pad(x, padding)
    table = np.zeros((n, rows, columns, height * width * channels))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = padded[:, top : top + height, left : left + width]
            table[:, i, j] = window.reshape(n, -1)
    return table
