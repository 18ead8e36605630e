# what: the sum of the two probabilities
# fails: scores are objectness times the probability of the likeliest kind
# fails: what is at least the threshold stays, and what is below goes
# fails: boxes, scores and kinds belong together
# fails: random slots agree with a slow choice
# score: 1.14
def likely(boxes, objectness, kinds, least):
    scores = (objectness + kinds.max(axis=-1)) / 2
    stay = scores >= least
    return boxes[stay], scores[stay], kinds.argmax(axis=-1)[stay]
