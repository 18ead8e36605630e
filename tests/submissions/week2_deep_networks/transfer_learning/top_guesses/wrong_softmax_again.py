# what: softmax is applied to probabilities
# fails: each guess has its own probability
# fails: pictures are kept apart, for any number of classes and guesses
# score: 2
def top_guesses(probabilities, names, k=5):
    p = np.exp(probabilities) / np.exp(probabilities).sum(axis=1, keepdims=True)
    return [[(names[i], float(row[i])) for i in np.argsort(-row)[:k]] for row in p]
