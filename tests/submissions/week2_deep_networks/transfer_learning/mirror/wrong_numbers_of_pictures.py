# what: True and False are taken for the numbers 1 and 0 of pictures
# fails: a chosen picture has left and right swapped
# fails: a picture that was not chosen stays as it is
# fails: a batch of colour pictures, some chosen
# fails: all chosen, or none
# score: 0.8
def mirror(images, chosen):
    result = images.copy()
    for number in chosen.astype(int):
        result[number] = images[number][:, ::-1]
    return result
