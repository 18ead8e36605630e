# what: class by class, then the mean over the pixels themselves
# score: 4
def class_weights(masks, classes, power):
    weights = np.zeros(classes)
    for c in range(classes):
        share = np.mean(masks == c)
        if share > 0:
            weights[c] = 1 / share**power
    return weights / weights[masks].mean()
