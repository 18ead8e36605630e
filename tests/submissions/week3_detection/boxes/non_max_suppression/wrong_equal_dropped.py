# what: drops a box whose IoU equals the threshold
# fails: a box is dropped if its IoU is greater than the threshold, not if it equals it
# score: 9.23
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    left = list(np.argsort(-np.asarray(scores), kind="stable"))
    overlap = iou_matrix(boxes, boxes)
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if classes[i] != classes[best] or overlap[i, best] < iou_threshold]
    return np.array(kept[:max_boxes], dtype=int)
