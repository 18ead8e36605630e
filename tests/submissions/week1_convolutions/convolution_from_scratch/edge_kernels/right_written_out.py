# what: three kernels written out as integers, the others by transposing
# score: 8
def edge_kernels():
    kernels = {
        "vertical": np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]]),
        "sobel_vertical": np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
        "scharr_vertical": np.array([[3, 0, -3], [10, 0, -10], [3, 0, -3]]),
    }
    for name in list(kernels):
        kernels[name.replace("vertical", "horizontal")] = kernels[name].T
    return kernels
