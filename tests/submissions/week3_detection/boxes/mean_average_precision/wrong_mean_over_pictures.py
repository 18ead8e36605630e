# what: computes an AP for each picture and takes their mean
# fails: all pictures of a class make one curve: it is not a mean over pictures
# fails: random pictures with three classes agree with a slow count, all points
# fails: random pictures with three classes agree with a slow count, at 101 points
# fails: the order of pictures and of boxes does not matter
# score: 4
def mean_average_precision(detections, truths, thresholds=(0.5,), points=None):
    values = []
    for kind in sorted({int(kind) for _, classes in truths for kind in classes}):
        for threshold in thresholds:
            pictures = []
            for (boxes, scores, classes), (true_boxes, true_classes) in zip(detections, truths, strict=True):
                mine, wanted = classes == kind, true_classes == kind
                if not wanted.any():
                    continue
                flags = match_detections(boxes[mine], scores[mine], true_boxes[wanted], threshold)
                precision, recall = precision_recall(flags, scores[mine], int(wanted.sum()))
                pictures.append(average_precision(precision, recall, points))
            values.append(np.mean(pictures))
    return float(np.mean(values))
