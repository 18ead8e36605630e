# what: divides by the true boxes that were found, so missed ones are ignored
# fails: recall divides by all true boxes, also those that were never found
# fails: random lists agree with counting for each smallest score
# score: 2
def precision_recall(is_true, scores, truth_count):
    order = np.argsort(-np.asarray(scores), kind="stable")
    hits = np.cumsum(np.asarray(is_true)[order])
    return hits / np.arange(1, len(hits) + 1), hits / max(np.sum(is_true), 1)
