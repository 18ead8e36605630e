# what: those that were not chosen are mirrored
# fails: a chosen picture has left and right swapped
# fails: a picture that was not chosen stays as it is
# fails: a batch of colour pictures, some chosen
# fails: all chosen, or none
# score: 0.8
def mirror(images, chosen):
    return np.where(chosen[:, None, None, None], images, images[:, :, ::-1])
