# what: the picture is turned upside down
# fails: a picture without boxes is mirrored, too
# fails: the pixels of each box move along with it, in pictures of any shape
# score: 2.29
def mirrored(image, boxes):
    width = image.shape[1]
    flipped = np.array(boxes, dtype=float).reshape(-1, 4)
    flipped[:, [0, 2]] = width - flipped[:, [2, 0]]
    return image[::-1], flipped
