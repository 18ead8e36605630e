# what: the product written out
# score: 4
def affine_matrix(angle, shear, centre):
    a = angle / 180 * np.pi
    c, s = np.cos(a), np.sin(a)
    linear = np.array([[c, shear * c + s], [-s, c - shear * s]])
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = centre - linear @ centre
    return matrix
