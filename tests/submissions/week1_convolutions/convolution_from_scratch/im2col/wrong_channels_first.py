# what: the window is flattened channel by channel, as in NCHW code
# fails: inside a row the channel changes fastest, then the column, then the row
# fails: random batches with any stride and padding give every window in its row
# score: 3.75

def im2col(x, height, width, stride=1, padding=0):
    padded = zero_pad(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    views = views[:, ::stride, ::stride]
    n, rows, columns = views.shape[:3]
    return views.transpose(0, 1, 2, 3, 4, 5).reshape(n, rows, columns, -1)
