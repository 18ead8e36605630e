# what: the windows of the first image stand in every row of the batch
# fails: inside a row the channel changes fastest, then the column, then the row
# fails: random batches with any stride and padding give every window in its row
# fails: each image of a batch keeps its own windows
# score: 3

def im2col(x, height, width, stride=1, padding=0):
    n, h, w, channels = x.shape
    rows = output_size(h, height, stride, padding)
    columns = output_size(w, width, stride, padding)
    padded = zero_pad(x, padding)
    table = np.zeros((n, rows, columns, height * width * channels))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = padded[:1, top : top + height, left : left + width]
            table[:, i, j] = window.reshape(-1)
    return table
