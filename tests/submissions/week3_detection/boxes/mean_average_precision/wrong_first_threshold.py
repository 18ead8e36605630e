# what: uses the first threshold only
# fails: the mean goes over all thresholds
# fails: random pictures with three classes agree with a slow count, all points
# fails: random pictures with three classes agree with a slow count, at 101 points
# fails: the order of pictures and of boxes does not matter
# score: 4
def mean_average_precision(detections, truths, thresholds=(0.5,), points=None):
    kinds = sorted({int(kind) for _, classes in truths for kind in classes})
    values = []
    for kind in kinds:
        count = sum(int(np.sum(classes == kind)) for _, classes in truths)
        for threshold in thresholds[:1]:
            flags, sure = [np.zeros(0, bool)], [np.zeros(0)]
            for (boxes, scores, classes), (true_boxes, true_classes) in zip(detections, truths, strict=True):
                mine, wanted = classes == kind, true_classes == kind
                flags.append(match_detections(boxes[mine], scores[mine], true_boxes[wanted], threshold))
                sure.append(scores[mine])
            precision, recall = precision_recall(np.concatenate(flags), np.concatenate(sure), count)
            values.append(average_precision(precision, recall, points))
    return float(np.mean(values))
