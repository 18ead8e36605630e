# what: the k least probable classes
# fails: the most probable class comes first
# fails: pictures are kept apart, for any number of classes and guesses
# score: 2
def top_guesses(probabilities, names, k=5):
    return [[(names[i], float(row[i])) for i in np.argsort(row)[:k]] for row in probabilities]
