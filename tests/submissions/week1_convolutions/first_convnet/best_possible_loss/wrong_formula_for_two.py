# what: the formula for two softmaxes, for more as well
# fails: each further softmax makes it worse, and never worse than guessing
# fails: three softmaxes and more
# score: 2
def best_possible_loss(classes, softmaxes):
    if softmaxes == 1:
        return 0.0
    return float(np.log(np.e + classes - 1) - 1)
