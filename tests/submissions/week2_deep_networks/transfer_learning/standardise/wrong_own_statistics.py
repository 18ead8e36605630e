# what: each set by its own mean and deviation
# fails: a test picture comes out the same, alone or among others
# fails: test features are treated exactly as training features are
# fails: a feature that is the same in all training pictures becomes 0, in both
# score: 1.25
def standardise(train, test):
    train = (train - train.mean(axis=0)) / train.std(axis=0)
    test = (test - test.mean(axis=0)) / test.std(axis=0)
    return train, test
