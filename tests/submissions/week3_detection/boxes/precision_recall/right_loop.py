# what: counts in a loop over the sorted detections
# score: 4
def precision_recall(is_true, scores, truth_count):
    precision, recall, hits = [], [], 0
    ranked = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    for place, i in enumerate(ranked, start=1):
        hits += bool(is_true[i])
        precision.append(hits / place)
        recall.append(hits / truth_count)
    return np.array(precision, dtype=float), np.array(recall, dtype=float)
