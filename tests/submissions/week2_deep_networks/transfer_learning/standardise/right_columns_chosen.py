# what: divides only the columns that vary
# score: 5
def standardise(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    results = []
    for part in (train, test):
        result = np.zeros(part.shape)
        np.divide(part - mean, spread, out=result, where=np.broadcast_to(spread > 0, part.shape))
        results.append(result)
    return tuple(results)
