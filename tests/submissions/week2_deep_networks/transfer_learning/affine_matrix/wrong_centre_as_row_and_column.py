# what: the centre is read as (row, column)
# fails: the centre stays where it is
# fails: any angle, shear and centre
# score: 2.67
def affine_matrix(angle, shear, centre):
    a = np.radians(angle)
    y, x = centre
    T = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=float)
    R = np.array([[np.cos(a), np.sin(a), 0], [-np.sin(a), np.cos(a), 0], [0, 0, 1]])
    S = np.array([[1, shear, 0], [0, 1, 0], [0, 0, 1]], dtype=float)
    back = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]], dtype=float)
    return T @ R @ S @ back
