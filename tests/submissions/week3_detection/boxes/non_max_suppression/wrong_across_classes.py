# what: boxes of different classes suppress each other
# fails: boxes of different classes never suppress each other
# fails: random crowds of boxes of three classes keep what a slow search keeps
# fails: a limit cuts the list of what suppression leaves
# fails: shuffling the boxes changes the indices, not the boxes that stay
# score: 5.38
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    left = list(np.argsort(-np.asarray(scores), kind="stable"))
    overlap = iou_matrix(boxes, boxes)
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if overlap[i, best] <= iou_threshold]
    return np.array(kept[:max_boxes], dtype=int)
