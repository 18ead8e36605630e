# what: the kernels are divided by the sum of their weights
# fails: a flat patch gives 0, and a clean edge from 1 to 0 gives 3, 4 and 16
# fails: the weight along the edge is (1, 1, 1), (1, 2, 1) and (3, 10, 3)
# score: 5.33
def edge_kernels():
    plain = np.array([[1.0, 0, -1], [1, 0, -1], [1, 0, -1]])
    sobel = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    scharr = np.array([[3.0, 0, -3], [10, 0, -10], [3, 0, -3]])
    kernels = {}
    for name, kernel in [("", plain / 3), ("sobel_", sobel / 4), ("scharr_", scharr / 16)]:
        kernels[name + "vertical"] = kernel
        kernels[name + "horizontal"] = kernel.T
    return kernels
