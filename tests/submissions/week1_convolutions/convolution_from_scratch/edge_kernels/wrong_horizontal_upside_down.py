# what: the horizontal kernels are vertical ones turned by 90 degrees the wrong way, so their sign is wrong
# fails: horizontal kernels are positive where the top is brighter, and silent on upright edges
# fails: a patch and its mirror image give opposite answers, a turned patch the other kernel's
# score: 5.33
def edge_kernels():
    plain = np.array([[1.0, 0, -1], [1, 0, -1], [1, 0, -1]])
    sobel = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    scharr = np.array([[3.0, 0, -3], [10, 0, -10], [3, 0, -3]])
    kernels = {}
    for name, kernel in [("", plain), ("sobel_", sobel), ("scharr_", scharr)]:
        kernels[name + "vertical"] = kernel
        kernels[name + "horizontal"] = np.rot90(kernel)
    return kernels
