# what: a copy, and an assignment to the chosen entries
# score: 4
def mirror(images, chosen):
    result = images.copy()
    result[chosen] = np.flip(images[chosen], axis=2)
    return result
