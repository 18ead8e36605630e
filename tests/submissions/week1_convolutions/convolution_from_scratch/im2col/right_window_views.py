# what: takes NumPy's view of all windows and brings the channels last
# score: 6

def im2col(x, height, width, stride=1, padding=0):
    padded = zero_pad(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    views = views[:, ::stride, ::stride]
    n, rows, columns = views.shape[:3]
    return views.transpose(0, 1, 2, 4, 5, 3).reshape(n, rows, columns, -1)
