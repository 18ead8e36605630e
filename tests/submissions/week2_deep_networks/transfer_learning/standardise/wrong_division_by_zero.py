# what: a feature that never answers is divided by zero
# fails: a feature that is the same in all training pictures becomes 0, in both
# score: 3.75
def standardise(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (train - mean) / spread, (test - mean) / spread
