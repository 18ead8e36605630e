# what: the colleague's function
# fails: every feature has mean 0 and standard deviation 1 over the training set
# fails: a test picture comes out the same, alone or among others
# fails: test features are treated exactly as training features are
# fails: a feature that is the same in all training pictures becomes 0, in both
# score: 0
def standardise(train, test):
    train = (train - train.mean()) / train.std()
    test = (test - test.mean()) / test.std()
    return train, test
