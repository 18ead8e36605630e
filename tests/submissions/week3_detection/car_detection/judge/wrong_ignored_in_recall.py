# what: ignored boxes count in the recall
# fails: the picture worked by hand: precision 1, 1/2, 1/3 and recall 1, 1, 1
# fails: recall counts the asked-for boxes of all pictures, missed ones too, ignored ones not
# fails: an asked-for box goes before an ignored one that fits better
# fails: random crowds with ignored boxes agree with a slow count
# fails: the order of the detections in a picture does not matter
# score: 4.5
def judge(detections, truths, iou_threshold=0.5, least_side=0.0):
    rows, count = [], 0
    for (boxes, scores), (true_boxes, ignored) in zip(detections, truths):
        overlap = iou_matrix(boxes, true_boxes)
        taken = [False] * len(ignored)
        count += len(ignored)
        for i in np.argsort(-np.asarray(scores), kind="stable"):
            asked = [j for j in range(len(ignored)) if not ignored[j] and not taken[j] and overlap[i, j] >= iou_threshold]
            others = [j for j in range(len(ignored)) if ignored[j] and not taken[j] and overlap[i, j] >= iou_threshold]
            if asked:
                taken[max(asked, key=lambda j: overlap[i, j])] = True
                rows.append((scores[i], 1.0))
            elif others:
                taken[max(others, key=lambda j: overlap[i, j])] = True
            elif min(boxes[i][2] - boxes[i][0], boxes[i][3] - boxes[i][1]) >= least_side:
                rows.append((scores[i], 0.0))
    rows.sort(key=lambda row: -row[0])
    right = np.cumsum([flag for _, flag in rows]) if rows else np.zeros(0)
    return right / np.arange(1, len(rows) + 1), right / count
