# what: column by column: the answers to images of one bright pixel
# score: 6
def convolution_matrix(kernel, height, width, stride=1):
    columns = []
    for place in range(height * width):
        image = np.zeros(height * width)
        image[place] = 1
        windows = np.lib.stride_tricks.sliding_window_view(
            image.reshape(height, width), kernel.shape
        )[::stride, ::stride]
        columns.append((windows * kernel).sum(axis=(2, 3)).ravel())
    return np.stack(columns, axis=1)
