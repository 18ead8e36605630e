# what: a tiny number is added to the deviation: a test feature becomes huge
# fails: a feature that is the same in all training pictures becomes 0, in both
# score: 3.75
def standardise(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0) + 1e-8
    return (train - mean) / spread, (test - mean) / spread
