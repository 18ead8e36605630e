# what: the code with its three mistakes
# fails: a box at the left edge of a wide picture comes back at the right edge
# fails: left is still to the left of right
# fails: the arguments stay as they are
# fails: the pixels of each box move along with it, in pictures of any shape
# score: 1.14
def mirrored(image, boxes):
    width = image.shape[0]
    boxes[:, 0] = width - boxes[:, 0]
    boxes[:, 2] = width - boxes[:, 2]
    return image[:, ::-1], boxes
