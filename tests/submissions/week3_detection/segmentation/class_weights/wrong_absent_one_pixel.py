# what: counts one pixel more of every class to avoid the zero
# fails: shares of 0.8 and 0.2, worked by hand
# fails: a class that does not occur weighs 0 and changes nothing for the others
# fails: the mean weight of a pixel is 1, and weights stand in the ratio that the formula says
# score: 1
def class_weights(masks, classes, power):
    counts = np.bincount(masks.ravel(), minlength=classes) + 1
    shares = counts / counts.sum()
    weights = shares**-float(power)
    return weights / np.sum(shares * weights)
