# what: flattens first, picks by number
# score: 4
def likely(boxes, objectness, kinds, least):
    chances = np.reshape(kinds, (-1, np.shape(kinds)[-1])) * np.reshape(objectness, (-1, 1))
    best = np.argmax(chances, axis=1)
    scores = np.max(chances, axis=1)
    places = np.flatnonzero(scores >= least)
    return np.reshape(boxes, (-1, 4))[places], scores[places], best[places]
