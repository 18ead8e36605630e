# what: the test set is divided, its mean is not taken away
# fails: test features are treated exactly as training features are
# fails: a feature that is the same in all training pictures becomes 0, in both
# score: 2.5
def standardise(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread > 0, spread, 1)
    return (train - mean) / spread, test / spread
