# what: the arrays of the caller are changed
# fails: every feature has mean 0 and standard deviation 1 over the training set
# fails: a test picture comes out the same, alone or among others
# fails: test features are treated exactly as training features are
# fails: a feature that is the same in all training pictures becomes 0, in both
# score: 0
def standardise(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    varies = spread > 0
    spread[~varies] = 1
    for part in (train, test):
        part -= mean
        part /= spread
        part[:, ~varies] = 0
    return train, test
