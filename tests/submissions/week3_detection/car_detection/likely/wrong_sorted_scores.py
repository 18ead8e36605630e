# what: the scores are sorted, boxes and kinds are not
# fails: scores are objectness times the probability of the likeliest kind
# fails: random slots agree with a slow choice
# score: 2.29
def likely(boxes, objectness, kinds, least):
    scores = objectness * kinds.max(axis=-1)
    stay = scores >= least
    return boxes[stay], np.sort(scores[stay])[::-1], kinds.argmax(axis=-1)[stay]
