# what: top and bottom are swapped
# fails: a chosen picture has left and right swapped
# fails: a batch of colour pictures, some chosen
# fails: all chosen, or none
# score: 1.6
def mirror(images, chosen):
    return np.where(chosen[:, None, None, None], images[:, ::-1], images)
