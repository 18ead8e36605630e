# what: divided by their sum: the mean over classes, not over pixels
# fails: shares of 0.8 and 0.2, worked by hand
# fails: a class that does not occur weighs 0 and changes nothing for the others
# fails: the mean weight of a pixel is 1, and weights stand in the ratio that the formula says
# score: 1
def class_weights(masks, classes, power):
    shares = np.bincount(masks.ravel(), minlength=classes) / masks.size
    weights = np.zeros(classes)
    weights[shares > 0] = shares[shares > 0] ** -power
    return weights / weights.mean()
