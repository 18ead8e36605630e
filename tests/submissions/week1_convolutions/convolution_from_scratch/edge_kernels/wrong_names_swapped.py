# what: kernels for upright edges are called horizontal, and the other way round
# fails: vertical kernels are positive where the left is brighter, and silent on level edges
# fails: horizontal kernels are positive where the top is brighter, and silent on upright edges
# fails: a flat patch gives 0, and a clean edge from 1 to 0 gives 3, 4 and 16
# fails: the weight along the edge is (1, 1, 1), (1, 2, 1) and (3, 10, 3)
# fails: a patch and its mirror image give opposite answers, a turned patch the other kernel's
# score: 1.33
def edge_kernels():
    plain = np.array([[1.0, 0, -1], [1, 0, -1], [1, 0, -1]])
    sobel = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    scharr = np.array([[3.0, 0, -3], [10, 0, -10], [3, 0, -3]])
    return {
        "vertical": plain.T, "horizontal": plain,
        "sobel_vertical": sobel.T, "sobel_horizontal": sobel,
        "scharr_vertical": scharr.T, "scharr_horizontal": scharr,
    }
