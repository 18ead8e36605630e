# what: serves the lowest score first
# fails: a true box is given away once: a second detection of it is false
# fails: detections are served by descending score, whatever their order and however well they fit
# fails: random crowds are matched as by a slow search
# fails: shuffling detections shuffles the flags, shuffling true boxes changes nothing
# score: 3.18
def match_detections(boxes, scores, truths, iou_threshold=0.5):
    is_true = np.zeros(len(boxes), dtype=bool)
    taken = set()
    for i in np.argsort(scores, kind="stable"):
        best, best_iou = None, -1.0
        for j in range(len(truths)):
            value = iou(boxes[i], truths[j])
            if j not in taken and value > best_iou:
                best, best_iou = j, value
        if best is not None and best_iou >= iou_threshold:
            taken.add(best)
            is_true[i] = True
    return is_true
