# what: max_boxes counts for each kind by itself
# fails: max_boxes limits all kinds together, and the surest stay
# fails: of what the shipped detector says, it keeps what a slow search keeps
# score: 3
def suppress(boxes, scores, kinds, iou_threshold=0.5, max_boxes=50):
    overlap = iou_matrix(boxes, boxes)
    order = np.argsort(-np.asarray(scores), kind="stable")
    kept = []
    for i in order:
        rivals = [k for k in kept if kinds[k] == kinds[i]]
        if len(rivals) < max_boxes and all(overlap[i, k] <= iou_threshold for k in rivals):
            kept.append(i)
    return np.array(kept, dtype=int)
