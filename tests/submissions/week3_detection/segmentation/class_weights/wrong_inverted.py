# what: frequent classes weigh more
# fails: shares of 0.8 and 0.2, worked by hand
# fails: the mean weight of a pixel is 1, and weights stand in the ratio that the formula says
# score: 2
def class_weights(masks, classes, power):
    shares = np.bincount(masks.ravel(), minlength=classes) / masks.size
    weights = np.where(shares > 0, shares**power, 0)
    return weights / np.sum(shares * weights)
