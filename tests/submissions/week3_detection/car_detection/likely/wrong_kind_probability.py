# what: the probability of the kind, not its number
# fails: the kind is the likeliest one
# fails: boxes, scores and kinds belong together
# fails: random slots agree with a slow choice
# score: 1.71
def likely(boxes, objectness, kinds, least):
    scores = objectness * kinds.max(axis=-1)
    stay = scores >= least
    return boxes[stay], scores[stay], kinds.max(axis=-1)[stay]
