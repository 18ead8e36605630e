# what: the threshold is for the objectness, the score for the list
# fails: what is at least the threshold stays, and what is below goes
# fails: boxes, scores and kinds belong together
# fails: where nothing is likely all three are empty
# fails: random slots agree with a slow choice
# score: 1.14
def likely(boxes, objectness, kinds, least):
    scores = objectness * kinds.max(axis=-1)
    stay = objectness >= least
    return boxes[stay], scores[stay], kinds.argmax(axis=-1)[stay]
