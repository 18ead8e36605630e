# what: asks only for the best true box of all, taken or not
# fails: if its best true box is taken, a detection may take another one that it fits well enough
# fails: random crowds are matched as by a slow search
# fails: shuffling detections shuffles the flags, shuffling true boxes changes nothing
# score: 3.82
def match_detections(boxes, scores, truths, iou_threshold=0.5):
    is_true = np.zeros(len(boxes), dtype=bool)
    taken = set()
    for i in np.argsort(-np.asarray(scores), kind="stable"):
        best, best_iou = None, -1.0
        for j in range(len(truths)):
            value = iou(boxes[i], truths[j])
            if value > best_iou:
                best, best_iou = j, value
        if best is not None and best_iou >= iou_threshold and best not in taken:
            taken.add(best)
            is_true[i] = True
    return is_true
