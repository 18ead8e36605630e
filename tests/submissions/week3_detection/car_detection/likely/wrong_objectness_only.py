# what: the score is the objectness alone
# fails: scores are objectness times the probability of the likeliest kind
# fails: what is at least the threshold stays, and what is below goes
# fails: boxes, scores and kinds belong together
# fails: where nothing is likely all three are empty
# fails: random slots agree with a slow choice
# score: 0.57
def likely(boxes, objectness, kinds, least):
    scores = objectness
    stay = scores >= least
    return boxes[stay], scores[stay], kinds.argmax(axis=-1)[stay]
