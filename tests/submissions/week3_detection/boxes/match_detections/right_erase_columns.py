# what: erases the column of a true box that is taken
# score: 7
def match_detections(boxes, scores, truths, iou_threshold=0.5):
    flags = np.zeros(len(boxes), dtype=bool)
    if len(truths) == 0:
        return flags
    overlap = iou_matrix(boxes, truths)
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        j = int(np.argmax(overlap[i]))
        if overlap[i, j] >= iou_threshold:
            flags[i] = True
            overlap[:, j] = -1
    return flags
