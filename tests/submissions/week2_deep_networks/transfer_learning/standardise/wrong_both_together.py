# what: mean and deviation over both sets
# fails: every feature has mean 0 and standard deviation 1 over the training set
# fails: a test picture comes out the same, alone or among others
# fails: test features are treated exactly as training features are
# fails: a feature that is the same in all training pictures becomes 0, in both
# score: 0
def standardise(train, test):
    both = np.concatenate([train, test])
    mean, spread = both.mean(axis=0), both.std(axis=0)
    return (train - mean) / spread, (test - mean) / spread
