# what: margins of rows and columns are swapped
# fails: high and wide pictures
# fails: the smaller half of an odd margin lies above and to the left
# score: 3.33
def ten_crops(image, size):
    a, b = image.shape[1] - size, image.shape[0] - size
    places = [(0, 0), (0, b), (a, 0), (a, b), (a // 2, b // 2)]
    five = np.stack([image[i : i + size, j : j + size] for i, j in places])
    return np.concatenate([five, five[:, :, ::-1]])
