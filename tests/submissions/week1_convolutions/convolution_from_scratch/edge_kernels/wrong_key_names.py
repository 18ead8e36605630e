# what: the names have spaces where underscores belong
# fails: there are six kernels of shape (3, 3), each under its name
# fails: vertical kernels are positive where the left is brighter, and silent on level edges
# fails: horizontal kernels are positive where the top is brighter, and silent on upright edges
# fails: a flat patch gives 0, and a clean edge from 1 to 0 gives 3, 4 and 16
# fails: the weight along the edge is (1, 1, 1), (1, 2, 1) and (3, 10, 3)
# fails: a patch and its mirror image give opposite answers, a turned patch the other kernel's
# score: 0
def edge_kernels():
    plain = np.array([[1.0, 0, -1], [1, 0, -1], [1, 0, -1]])
    sobel = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    scharr = np.array([[3.0, 0, -3], [10, 0, -10], [3, 0, -3]])
    kernels = {}
    for name, kernel in [("", plain), ("sobel ", sobel), ("scharr ", scharr)]:
        kernels[name + "vertical"] = kernel
        kernels[name + "horizontal"] = kernel.T
    return kernels
