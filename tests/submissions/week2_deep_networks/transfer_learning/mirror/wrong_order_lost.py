# what: the mirrored pictures come last
# fails: a picture that was not chosen stays as it is
# fails: a batch of colour pictures, some chosen
# score: 2.4
def mirror(images, chosen):
    return np.concatenate([images[~chosen], images[chosen][:, :, ::-1]])
