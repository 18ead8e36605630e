# what: the other classes are taken to have probability 0 every time
# fails: three softmaxes and more
# score: 2.67
def best_possible_loss(classes, softmaxes):
    p = 1.0
    for _ in range(softmaxes - 1):
        p = np.exp(p) / (np.exp(p) + classes - 1)
    return float(-np.log(p))
