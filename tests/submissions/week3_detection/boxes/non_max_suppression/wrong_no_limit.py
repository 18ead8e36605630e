# what: forgets max_boxes
# fails: max_boxes limits all classes together, and the best ones stay
# fails: a limit cuts the list of what suppression leaves
# score: 8.46
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    left = list(np.argsort(-np.asarray(scores), kind="stable"))
    overlap = iou_matrix(boxes, boxes)
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if classes[i] != classes[best] or overlap[i, best] <= iou_threshold]
    return np.array(kept, dtype=int)
