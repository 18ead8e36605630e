# what: sorts pairs with Python's own sort
# score: 4
def top_guesses(probabilities, names, k=5):
    pairs = [zip(names, map(float, row), strict=True) for row in probabilities]
    return [sorted(row, key=lambda pair: pair[1], reverse=True)[:k] for row in pairs]
