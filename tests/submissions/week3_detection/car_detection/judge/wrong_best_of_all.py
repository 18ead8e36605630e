# what: the best box of all is asked for first, ignored or not
# fails: an asked-for box goes before an ignored one that fits better
# score: 8.36
def judge(detections, truths, iou_threshold=0.5, least_side=0.0):
    rows, count = [], 0
    for (boxes, scores), (true_boxes, ignored) in zip(detections, truths):
        overlap = iou_matrix(boxes, true_boxes)
        taken = [False] * len(ignored)
        count += sum(not flag for flag in ignored)
        for i in np.argsort(-np.asarray(scores), kind="stable"):
            asked = [j for j in range(len(ignored)) if not ignored[j] and not taken[j] and overlap[i, j] >= iou_threshold]
            others = [j for j in range(len(ignored)) if ignored[j] and not taken[j] and overlap[i, j] >= iou_threshold]
            both = asked + others
            best = max(both, key=lambda j: overlap[i, j]) if both else None
            if both and ignored[best]:
                taken[best] = True
            elif asked:
                taken[max(asked, key=lambda j: overlap[i, j])] = True
                rows.append((scores[i], 1.0))
            elif others:
                taken[max(others, key=lambda j: overlap[i, j])] = True
            elif min(boxes[i][2] - boxes[i][0], boxes[i][3] - boxes[i][1]) >= least_side:
                rows.append((scores[i], 0.0))
    rows.sort(key=lambda row: -row[0])
    right = np.cumsum([flag for _, flag in rows]) if rows else np.zeros(0)
    return right / np.arange(1, len(rows) + 1), right / count
