# what: sorts the lowest score first
# fails: precision divides by the detections so far
# fails: recall divides by all true boxes, also those that were never found
# fails: detections are sorted by descending score first; equal scores keep their order
# fails: random lists agree with counting for each smallest score
# score: 0.67
def precision_recall(is_true, scores, truth_count):
    order = np.argsort(scores, kind="stable")
    hits = np.cumsum(np.asarray(is_true)[order])
    return hits / np.arange(1, len(hits) + 1), hits / truth_count
