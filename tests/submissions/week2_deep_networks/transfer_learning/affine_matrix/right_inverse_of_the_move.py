# what: the way back as an inverse matrix
# score: 4
def affine_matrix(angle, shear, centre):
    a = np.radians(angle)
    x, y = centre
    T = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=float)
    R = np.array([[np.cos(a), np.sin(a), 0], [-np.sin(a), np.cos(a), 0], [0, 0, 1]])
    S = np.array([[1, shear, 0], [0, 1, 0], [0, 0, 1]], dtype=float)
    back = np.array(np.linalg.inv(T), dtype=float)
    return T @ R @ S @ back
