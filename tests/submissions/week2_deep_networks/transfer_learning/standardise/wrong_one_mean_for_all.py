# what: one mean and deviation for all features
# fails: every feature has mean 0 and standard deviation 1 over the training set
# fails: test features are treated exactly as training features are
# fails: a feature that is the same in all training pictures becomes 0, in both
# score: 1.25
def standardise(train, test):
    mean, spread = train.mean(), train.std()
    return (train - mean) / spread, (test - mean) / spread
