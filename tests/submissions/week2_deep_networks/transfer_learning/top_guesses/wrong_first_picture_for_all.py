# what: every picture gets the first picture's classes
# fails: pictures are kept apart, for any number of classes and guesses
# score: 3
def top_guesses(probabilities, names, k=5):
    best = np.argsort(-probabilities[0])[:k]
    return [[(names[i], float(row[i])) for i in best] for row in probabilities]
