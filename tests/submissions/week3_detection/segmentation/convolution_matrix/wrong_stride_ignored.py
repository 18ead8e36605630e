# what: a window at every pixel, whatever the stride
# fails: the row worked by hand
# fails: times an image it is the convolution
# fails: its transpose times a small map stamps: it is the transposed convolution
# fails: where the last window would stand out, the edge stays unused
# score: 1.2
def convolution_matrix(kernel, height, width, stride=1):
    fh, fw = kernel.shape
    rows = []
    for i in range(height - fh + 1):
        for j in range(width - fw + 1):
            sheet = np.zeros((height, width))
            sheet[i : i + fh, j : j + fw] = kernel
            rows.append(sheet.ravel())
    return np.array(rows)
