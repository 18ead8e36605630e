# what: moves each kind far away, so that kinds cannot overlap
# score: 5
def suppress(boxes, scores, kinds, iou_threshold=0.5, max_boxes=50):
    boxes = np.reshape(boxes, (-1, 4))
    if len(boxes) == 0:
        return np.zeros(0, dtype=int)
    moved = boxes + (boxes.max() - boxes.min() + 1) * np.asarray(kinds)[:, None]
    left = np.argsort(-np.asarray(scores), kind="stable")
    kept = []
    while len(left) and len(kept) < max_boxes:
        kept.append(left[0])
        overlap = iou_matrix(moved[left[:1]], moved[left[1:]])[0]
        left = left[1:][overlap <= iou_threshold]
    return np.array(kept, dtype=int)
