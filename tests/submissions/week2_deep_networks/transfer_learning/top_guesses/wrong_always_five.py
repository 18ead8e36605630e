# what: k is ignored
# fails: every picture has its k guesses as pairs
# fails: the most probable class comes first
# fails: pictures are kept apart, for any number of classes and guesses
# score: 1
def top_guesses(probabilities, names, k=5):
    return [[(names[i], float(row[i])) for i in np.argsort(-row)[:5]] for row in probabilities]
