# what: a box is dropped if any better one overlaps it, dropped or not
# fails: a box that was dropped suppresses nobody
# fails: random crowds of boxes of three classes keep what a slow search keeps
# fails: a limit cuts the list of what suppression leaves
# fails: shuffling the boxes changes the indices, not the boxes that stay
# score: 5.38
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    order = np.argsort(-scores, kind="stable")
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for place, i in enumerate(order):
        better = order[:place]
        rivals = better[classes[better] == classes[i]]
        if not (overlap[i, rivals] > iou_threshold).any():
            kept.append(i)
    return np.array(kept[:max_boxes], dtype=int)
