# what: a copy whose two columns are swapped
# score: 4
def mirrored(image, boxes):
    width = image.shape[1]
    flipped = np.array(boxes, dtype=float).reshape(-1, 4)
    flipped[:, [0, 2]] = width - flipped[:, [2, 0]]
    return image[:, ::-1], flipped
