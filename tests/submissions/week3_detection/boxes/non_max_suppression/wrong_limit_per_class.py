# what: max_boxes counts for each class by itself
# fails: max_boxes limits all classes together, and the best ones stay
# fails: a limit cuts the list of what suppression leaves
# score: 8.46
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for kind in np.unique(classes):
        left = [i for i in np.argsort(-scores, kind="stable") if classes[i] == kind]
        mine = []
        while left and len(mine) < max_boxes:
            best = left.pop(0)
            mine.append(best)
            left = [i for i in left if overlap[i, best] <= iou_threshold]
        kept += mine
    return np.array(sorted(kept, key=lambda i: (-scores[i], i)), dtype=int)
