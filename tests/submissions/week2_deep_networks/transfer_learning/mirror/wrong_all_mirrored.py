# what: every picture is mirrored
# fails: a picture that was not chosen stays as it is
# fails: a batch of colour pictures, some chosen
# fails: all chosen, or none
# score: 1.6
def mirror(images, chosen):
    return images[:, :, ::-1].copy()
