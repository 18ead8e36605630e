# what: the caller's pictures are mirrored
# fails: the given pictures are not changed
# fails: a batch of colour pictures, some chosen
# fails: all chosen, or none
# score: 1.6
def mirror(images, chosen):
    images[chosen] = images[chosen][:, :, ::-1].copy()
    return images
