# what: turns a rising sort round: of equal scores the higher index comes first
# fails: of equal scores the lower index comes first
# score: 9.23
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    left = list(np.argsort(scores, kind="stable")[::-1])
    overlap = iou_matrix(boxes, boxes)
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if classes[i] != classes[best] or overlap[i, best] <= iou_threshold]
    return np.array(kept[:max_boxes], dtype=int)
