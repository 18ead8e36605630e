# what: corners in the order of a clock
# fails: the first four are the corners, in the order of the docstring
# fails: high and wide pictures
# score: 3.33
def ten_crops(image, size):
    a, b = image.shape[0] - size, image.shape[1] - size
    places = [(0, 0), (0, b), (a, b), (a, 0), (a // 2, b // 2)]
    five = np.stack([image[i : i + size, j : j + size] for i, j in places])
    return np.concatenate([five, five[:, :, ::-1]])
