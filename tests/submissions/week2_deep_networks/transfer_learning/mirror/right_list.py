# what: picture by picture
# score: 4
def mirror(images, chosen):
    return np.array([p[:, ::-1, :] if c else p for p, c in zip(images, chosen)])
