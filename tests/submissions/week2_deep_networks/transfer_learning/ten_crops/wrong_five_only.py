# what: five crops
# fails: the first four are the corners, in the order of the docstring
# fails: the fifth is the centre
# fails: the last five are mirror images of the first five, left and right swapped
# fails: high and wide pictures
# fails: the smaller half of an odd margin lies above and to the left
# fails: a picture of the size of the crops
# score: 0
def ten_crops(image, size):
    a, b = image.shape[0] - size, image.shape[1] - size
    places = [(0, 0), (0, b), (a, 0), (a, b), (a // 2, b // 2)]
    five = np.stack([image[i : i + size, j : j + size] for i, j in places])
    return five
