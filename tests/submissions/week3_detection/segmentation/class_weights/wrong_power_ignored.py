# what: always the full inverse
# fails: with power 0 all classes weigh 1
# fails: the mean weight of a pixel is 1, and weights stand in the ratio that the formula says
# score: 2
def class_weights(masks, classes, power):
    shares = np.bincount(masks.ravel(), minlength=classes) / masks.size
    weights = np.zeros(classes)
    weights[shares > 0] = 1 / shares[shares > 0]
    return weights / np.sum(shares * weights)
