# what: divides by all detections, not by those so far
# fails: precision divides by the detections so far
# fails: detections are sorted by descending score first; equal scores keep their order
# fails: random lists agree with counting for each smallest score
# score: 1.33
def precision_recall(is_true, scores, truth_count):
    order = np.argsort(-np.asarray(scores), kind="stable")
    hits = np.cumsum(np.asarray(is_true)[order])
    return hits / max(len(hits), 1), hits / truth_count
