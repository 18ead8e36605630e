# what: begins with the lowest score
# fails: of two boxes that overlap much the surer one stays
# fails: the result is sorted by score, best first
# fails: max_boxes limits all kinds together, and the surest stay
# fails: of what the shipped detector says, it keeps what a slow search keeps
# fails: random crowds of three kinds keep what a slow search keeps
# score: 1
def suppress(boxes, scores, kinds, iou_threshold=0.5, max_boxes=50):
    overlap = iou_matrix(boxes, boxes)
    order = np.argsort(np.asarray(scores), kind="stable")
    kept = []
    for i in order:
        rivals = [k for k in kept if kinds[k] == kinds[i]]
        if all(overlap[i, k] <= iou_threshold for k in rivals):
            kept.append(i)
    return np.array(kept[:max_boxes], dtype=int)
