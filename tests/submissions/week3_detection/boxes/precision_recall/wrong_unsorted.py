# what: takes the detections in the order in which they come
# fails: detections are sorted by descending score first; equal scores keep their order
# fails: random lists agree with counting for each smallest score
# score: 2
def precision_recall(is_true, scores, truth_count):
    order = np.arange(len(scores))
    hits = np.cumsum(np.asarray(is_true)[order])
    return hits / np.arange(1, len(hits) + 1), hits / truth_count
