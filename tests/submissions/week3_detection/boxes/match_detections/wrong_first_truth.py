# what: takes the first true box above the threshold, not the best
# fails: a detection takes the true box that it fits best, and leaves the other to the next
# fails: random crowds are matched as by a slow search
# fails: shuffling detections shuffles the flags, shuffling true boxes changes nothing
# score: 3.82
def match_detections(boxes, scores, truths, iou_threshold=0.5):
    is_true = np.zeros(len(boxes), dtype=bool)
    taken = set()
    for i in np.argsort(-np.asarray(scores), kind="stable"):
        best, best_iou = None, iou_threshold
        for j in range(len(truths)):
            value = iou(boxes[i], truths[j])
            if j not in taken and value >= best_iou:
                best, best_iou = j, value
                break
        if best is not None and best_iou >= iou_threshold:
            taken.add(best)
            is_true[i] = True
    return is_true
