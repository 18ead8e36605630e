# what: probabilities are sorted, names are not
# fails: the most probable class comes first
# fails: each guess has its own probability
# fails: pictures are kept apart, for any number of classes and guesses
# score: 1
def top_guesses(probabilities, names, k=5):
    return [list(zip(names, sorted(map(float, row), reverse=True)))[:k] for row in probabilities]
