# what: boxes of different kinds suppress each other
# fails: a van does not suppress a car
# fails: of what the shipped detector says, it keeps what a slow search keeps
# fails: random crowds of three kinds keep what a slow search keeps
# score: 2
def suppress(boxes, scores, kinds, iou_threshold=0.5, max_boxes=50):
    overlap = iou_matrix(boxes, boxes)
    order = np.argsort(-np.asarray(scores), kind="stable")
    kept = []
    for i in order:
        rivals = kept
        if all(overlap[i, k] <= iou_threshold for k in rivals):
            kept.append(i)
    return np.array(kept[:max_boxes], dtype=int)
