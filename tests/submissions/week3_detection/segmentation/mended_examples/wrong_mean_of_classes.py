# what: everything mended but the mean of class numbers
# fails: masks hold no class that was not there
# score: 3.75
def mended_examples(pictures, masks, mirrored):
    n, height, width, channels = pictures.shape
    small = pictures.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    small_masks = masks.reshape(n, height // 2, 2, width // 2, 2).mean(axis=(2, 4))
    small_masks = small_masks.round().astype("int64")
    small[mirrored] = small[mirrored][:, :, ::-1]
    small_masks[mirrored] = small_masks[mirrored][:, :, ::-1]
    return small, small_masks
