# what: each further softmax is taken to cost the same
# fails: each further softmax makes it worse, and never worse than guessing
# fails: three softmaxes and more
# score: 2
def best_possible_loss(classes, softmaxes):
    return float((softmaxes - 1) * (np.log(np.e + classes - 1) - 1))
