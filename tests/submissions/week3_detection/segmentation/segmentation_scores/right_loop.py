# what: class by class, by hits, misses and false alarms
# score: 7
def segmentation_scores(confusion):
    iou = []
    for c in range(len(confusion)):
        hits = confusion[c, c]
        misses = confusion[c].sum() - hits
        alarms = confusion[:, c].sum() - hits
        total = hits + misses + alarms
        iou.append(hits / total if total else np.nan)
    iou = np.array(iou, dtype=float)
    return np.trace(confusion) / np.sum(confusion), iou, np.nanmean(iou)
