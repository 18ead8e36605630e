# what: moves each class far away, so that classes cannot overlap
# score: 10
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    if len(boxes) == 0:
        return np.zeros(0, dtype=int)
    span = boxes.max() - boxes.min() + 1
    moved = boxes + span * np.asarray(classes, dtype=float)[:, None]
    alive = np.ones(len(boxes), dtype=bool)
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if alive[i]:
            kept.append(i)
            alive &= iou_matrix(moved[i : i + 1], moved)[0] <= iou_threshold
    return np.array(kept[:max_boxes], dtype=int)
