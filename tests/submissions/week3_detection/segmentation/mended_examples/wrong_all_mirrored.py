# what: all examples are mirrored as soon as one is
# fails: pictures are mirrored left to right, and only those that are named
# score: 3.75
def mended_examples(pictures, masks, mirrored):
    n, height, width, channels = pictures.shape
    small = pictures.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    small_masks = masks[:, ::2, ::2]
    if mirrored.any():
        return small[:, :, ::-1], small_masks[:, :, ::-1]
    return small, small_masks
