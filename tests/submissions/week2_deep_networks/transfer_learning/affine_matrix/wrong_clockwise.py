# what: the minus as in textbooks, where y counts up
# fails: a quarter turn takes what lies to the right of the centre to above it
# fails: shear comes first, then the rotation
# fails: any angle, shear and centre
# score: 2
def affine_matrix(angle, shear, centre):
    a = np.radians(angle)
    x, y = centre
    T = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=float)
    R = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    S = np.array([[1, shear, 0], [0, 1, 0], [0, 0, 1]], dtype=float)
    back = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]], dtype=float)
    return T @ R @ S @ back
