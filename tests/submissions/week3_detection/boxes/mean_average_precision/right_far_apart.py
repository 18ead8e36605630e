# what: moves the pictures apart and matches them all at once
# score: 8
def mean_average_precision(detections, truths, thresholds=(0.5,), points=None):
    def gather(pictures):
        moved = [boxes + 10_000.0 * number for number, (boxes, *_) in enumerate(pictures)]
        return np.concatenate(moved), *(np.concatenate(part) for part in list(zip(*pictures, strict=True))[1:])

    boxes, scores, classes = gather(detections)
    true_boxes, true_classes = gather(truths)
    by_threshold = []
    for threshold in thresholds:
        by_class = []
        for kind in set(true_classes.tolist()):
            mine, wanted = classes == kind, true_classes == kind
            flags = match_detections(boxes[mine], scores[mine], true_boxes[wanted], threshold)
            by_class.append(
                average_precision(*precision_recall(flags, scores[mine], wanted.sum()), points)
            )
        by_threshold.append(np.mean(by_class))
    return float(np.mean(by_threshold))
