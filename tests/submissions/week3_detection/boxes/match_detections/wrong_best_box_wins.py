# what: each true box goes to the detection that fits it best, whatever its score
# fails: detections are served by descending score, whatever their order and however well they fit
# fails: random crowds are matched as by a slow search
# fails: shuffling detections shuffles the flags, shuffling true boxes changes nothing
# score: 3.82
def match_detections(boxes, scores, truths, iou_threshold=0.5):
    overlap = iou_matrix(boxes, truths)
    is_true = np.zeros(len(boxes), dtype=bool)
    while overlap.size and overlap.max() >= iou_threshold:
        i, j = np.unravel_index(overlap.argmax(), overlap.shape)
        is_true[i] = True
        overlap[i], overlap[:, j] = -1, -1
    return is_true
