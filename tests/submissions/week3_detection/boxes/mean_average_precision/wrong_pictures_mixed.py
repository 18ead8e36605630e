# what: throws the boxes of all pictures together before matching
# fails: a box is matched with the truth of its own picture only
# fails: random pictures with three classes agree with a slow count, all points
# fails: random pictures with three classes agree with a slow count, at 101 points
# fails: the order of pictures and of boxes does not matter
# score: 4
def mean_average_precision(detections, truths, thresholds=(0.5,), points=None):
    boxes, scores, classes = (np.concatenate(parts) for parts in zip(*detections, strict=True))
    true_boxes, true_classes = (np.concatenate(parts) for parts in zip(*truths, strict=True))
    values = []
    for kind in np.unique(true_classes):
        mine, wanted = classes == kind, true_classes == kind
        for threshold in thresholds:
            flags = match_detections(boxes[mine], scores[mine], true_boxes[wanted], threshold)
            precision, recall = precision_recall(flags, scores[mine], int(wanted.sum()))
            values.append(average_precision(precision, recall, points))
    return float(np.mean(values))
