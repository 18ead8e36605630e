# what: the masks of the caller are mirrored, through a view
# fails: what was handed in is as before, so a second epoch gives the same
# score: 3.75
def mended_examples(pictures, masks, mirrored):
    n, height, width, channels = pictures.shape
    small = pictures.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    small_masks = masks[:, ::2, ::2]
    small[mirrored] = small[mirrored][:, :, ::-1]
    small_masks[mirrored] = small_masks[mirrored][:, :, ::-1]
    return small, small_masks
