# what: returns the flags in the order of the scores
# fails: detections are served by descending score, whatever their order and however well they fit
# fails: random crowds are matched as by a slow search
# fails: shuffling detections shuffles the flags, shuffling true boxes changes nothing
# score: 3.82
def match_detections(boxes, scores, truths, iou_threshold=0.5):
    free = list(range(len(truths)))
    flags = []
    for i in np.argsort(-np.asarray(scores), kind="stable"):
        values = [iou(boxes[i], truths[j]) for j in free]
        good = len(values) > 0 and max(values) >= iou_threshold
        if good:
            free.pop(int(np.argmax(values)))
        flags.append(good)
    return np.array(flags, dtype=bool)
