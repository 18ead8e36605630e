# what: the largest smoothing weight stands at the end instead of in the middle
# fails: the weight along the edge is (1, 1, 1), (1, 2, 1) and (3, 10, 3)
# fails: a patch and its mirror image give opposite answers, a turned patch the other kernel's
# score: 5.33
def edge_kernels():
    difference = np.array([1.0, 0, -1])
    kernels = {}
    for name, weights in [("", [1, 1, 1]), ("sobel_", [1, 1, 2]), ("scharr_", [3, 3, 10])]:
        kernels[name + "vertical"] = np.outer(weights, difference)
        kernels[name + "horizontal"] = np.outer(difference, weights)
    return kernels
