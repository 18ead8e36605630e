# what: a class that does not occur gets the weight infinity
# fails: a class that does not occur weighs 0 and changes nothing for the others
# score: 3
def class_weights(masks, classes, power):
    shares = np.bincount(masks.ravel(), minlength=classes) / masks.size
    with np.errstate(all="ignore"):
        weights = shares**-float(power)
        return weights / np.sum(shares * weights)
