# what: the colleague's code
# fails: masks hold no class that was not there
# fails: pictures are mirrored left to right, and only those that are named
# fails: masks are mirrored with their pictures
# fails: what was handed in is as before, so a second epoch gives the same
# score: 0
def mended_examples(pictures, masks, mirrored):
    for number in np.flatnonzero(mirrored):
        pictures[number] = pictures[number, ::-1]
    n, height, width, channels = pictures.shape
    small = pictures.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    small_masks = masks.reshape(n, height // 2, 2, width // 2, 2).mean(axis=(2, 4))
    return small, small_masks.round().astype("int64")
