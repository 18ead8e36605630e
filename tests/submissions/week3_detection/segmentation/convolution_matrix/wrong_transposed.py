# what: the transpose
# fails: the row worked by hand
# fails: a kernel of 2×2 on an image of 2×3, worked by hand
# fails: times an image it is the convolution
# fails: its transpose times a small map stamps: it is the transposed convolution
# fails: where the last window would stand out, the edge stays unused
# score: 0
def convolution_matrix(kernel, height, width, stride=1):
    fh, fw = kernel.shape
    rows = []
    for i in range(0, height - fh + 1, stride):
        for j in range(0, width - fw + 1, stride):
            sheet = np.zeros((height, width))
            sheet[i : i + fh, j : j + fw] = kernel
            rows.append(sheet.ravel())
    return np.array(rows).T
