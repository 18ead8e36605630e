# what: the mirrored picture is cut: left and right corners change places
# fails: the last five are mirror images of the first five, left and right swapped
# score: 4.17
def ten_crops(image, size):
    a, b = image.shape[0] - size, image.shape[1] - size
    places = [(0, 0), (0, b), (a, 0), (a, b), (a // 2, b // 2)]
    both = (image, image[:, ::-1])
    return np.stack([p[i : i + size, j : j + size] for p in both for i, j in places])
