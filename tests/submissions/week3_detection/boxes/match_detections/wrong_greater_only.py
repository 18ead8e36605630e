# what: an IoU that equals the threshold is no agreement
# fails: an IoU that equals the threshold is agreement
# score: 6.36
def match_detections(boxes, scores, truths, iou_threshold=0.5):
    is_true = np.zeros(len(boxes), dtype=bool)
    taken = set()
    for i in np.argsort(-np.asarray(scores), kind="stable"):
        best, best_iou = None, -1.0
        for j in range(len(truths)):
            value = iou(boxes[i], truths[j])
            if j not in taken and value > best_iou:
                best, best_iou = j, value
        if best is not None and best_iou > iou_threshold:
            taken.add(best)
            is_true[i] = True
    return is_true
