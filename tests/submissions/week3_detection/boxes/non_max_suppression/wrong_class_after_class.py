# what: the best of the first class come first, then those of the next
# fails: boxes of different classes never suppress each other
# fails: max_boxes limits all classes together, and the best ones stay
# fails: random crowds of boxes of three classes keep what a slow search keeps
# fails: a limit cuts the list of what suppression leaves
# fails: shuffling the boxes changes the indices, not the boxes that stay
# score: 4.62
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for kind in np.unique(classes):
        left = [i for i in np.argsort(-scores, kind="stable") if classes[i] == kind]
        while left:
            best = left.pop(0)
            kept.append(best)
            left = [i for i in left if overlap[i, best] <= iou_threshold]
    return np.array(kept[:max_boxes], dtype=int)
