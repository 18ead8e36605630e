# what: drops what overlaps little and keeps what overlaps much
# fails: of two boxes that overlap much the one with the higher score stays, wherever it stands
# fails: boxes that do not overlap all stay, sorted by score with the best first
# fails: boxes of different classes never suppress each other
# fails: a box is dropped if its IoU is greater than the threshold, not if it equals it
# fails: a box that was dropped suppresses nobody
# fails: max_boxes limits all classes together, and the best ones stay
# fails: of equal scores the lower index comes first
# fails: random crowds of boxes of three classes keep what a slow search keeps
# fails: a limit cuts the list of what suppression leaves
# fails: shuffling the boxes changes the indices, not the boxes that stay
# score: 0.77
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    left = list(np.argsort(-np.asarray(scores), kind="stable"))
    overlap = iou_matrix(boxes, boxes)
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if classes[i] != classes[best] or overlap[i, best] > iou_threshold]
    return np.array(kept[:max_boxes], dtype=int)
