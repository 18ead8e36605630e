# what: the outputs run column by column
# fails: times an image it is the convolution
# fails: its transpose times a small map stamps: it is the transposed convolution
# score: 3.6
def convolution_matrix(kernel, height, width, stride=1):
    fh, fw = kernel.shape
    rows = []
    for j in range(0, width - fw + 1, stride):
        for i in range(0, height - fh + 1, stride):
            sheet = np.zeros((height, width))
            sheet[i : i + fh, j : j + fw] = kernel
            rows.append(sheet.ravel())
    return np.array(rows)
