# what: both are turned upside down
# fails: pictures are mirrored left to right, and only those that are named
# score: 3.75
def mended_examples(pictures, masks, mirrored):
    n, height, width, channels = pictures.shape
    small = pictures.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    small_masks = masks[:, ::2, ::2].copy()
    small[mirrored] = small[mirrored][:, ::-1]
    small_masks[mirrored] = small_masks[mirrored][:, ::-1]
    return small, small_masks
