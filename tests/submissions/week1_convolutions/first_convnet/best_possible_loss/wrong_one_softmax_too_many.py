# what: softmax is applied once more than stated
# fails: with one softmax the loss can come down to 0
# fails: with two it is the colleague's 1.46 for ten classes, and 0.55 for three
# fails: any number of classes, two softmaxes
# fails: three softmaxes and more
# score: 0.67
def best_possible_loss(classes, softmaxes):
    p = np.eye(classes)[0]
    for _ in range(softmaxes):
        p = np.exp(p) / np.exp(p).sum()
    return float(-np.log(p[0]))
