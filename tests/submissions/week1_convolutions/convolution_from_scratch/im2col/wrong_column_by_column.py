# what: the window is read column by column
# fails: a 3×4 image and a 2×2 window give the six rows of the picture above
# fails: inside a row the channel changes fastest, then the column, then the row
# fails: stride and padding move the window
# fails: random batches with any stride and padding give every window in its row
# score: 2.25

def im2col(x, height, width, stride=1, padding=0):
    padded = zero_pad(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    views = views[:, ::stride, ::stride]
    n, rows, columns = views.shape[:3]
    return views.transpose(0, 1, 2, 5, 4, 3).reshape(n, rows, columns, -1)
