# what: writes into the boxes that came in
# fails: the arguments stay as they are
# score: 3.43
def mirrored(image, boxes):
    width = image.shape[1]
    flipped = boxes
    flipped[:, [0, 2]] = width - flipped[:, [2, 0]]
    return image[:, ::-1], flipped
