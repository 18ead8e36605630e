# what: drops a score that equals the threshold
# fails: what is at least the threshold stays, and what is below goes
# score: 3.43
def likely(boxes, objectness, kinds, least):
    scores = objectness * kinds.max(axis=-1)
    stay = scores > least
    return boxes[stay], scores[stay], kinds.argmax(axis=-1)[stay]
