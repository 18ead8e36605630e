# what: masks stay as they are
# fails: masks are mirrored with their pictures
# score: 3.75
def mended_examples(pictures, masks, mirrored):
    n, height, width, channels = pictures.shape
    small = pictures.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    small[mirrored] = small[mirrored][:, :, ::-1]
    return small, masks[:, ::2, ::2]
