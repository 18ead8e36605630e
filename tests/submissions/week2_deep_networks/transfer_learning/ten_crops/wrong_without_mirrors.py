# what: the five crops twice, none mirrored
# fails: the last five are mirror images of the first five, left and right swapped
# score: 4.17
def ten_crops(image, size):
    a, b = image.shape[0] - size, image.shape[1] - size
    places = [(0, 0), (0, b), (a, 0), (a, b), (a // 2, b // 2)]
    five = np.stack([image[i : i + size, j : j + size] for i, j in places])
    return np.concatenate([five, five])
