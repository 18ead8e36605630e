# what: a perfect network is taken to have loss 0
# fails: with two it is the colleague's 1.46 for ten classes, and 0.55 for three
# fails: each further softmax makes it worse, and never worse than guessing
# fails: any number of classes, two softmaxes
# fails: three softmaxes and more
# score: 0.67
def best_possible_loss(classes, softmaxes):
    return 0.0
