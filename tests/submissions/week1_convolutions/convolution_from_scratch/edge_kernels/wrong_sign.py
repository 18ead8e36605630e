# what: the sign of many books: positive where the right or the lower side is bright
# fails: vertical kernels are positive where the left is brighter, and silent on level edges
# fails: horizontal kernels are positive where the top is brighter, and silent on upright edges
# score: 5.33
def edge_kernels():
    plain = np.array([[1.0, 0, -1], [1, 0, -1], [1, 0, -1]])
    sobel = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    scharr = np.array([[3.0, 0, -3], [10, 0, -10], [3, 0, -3]])
    return {
        "vertical": -plain, "horizontal": -plain.T,
        "sobel_vertical": -sobel, "sobel_horizontal": -sobel.T,
        "scharr_vertical": -scharr, "scharr_horizontal": -scharr.T,
    }
