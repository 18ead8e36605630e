# what: classes that are answered but never true are left out
# fails: a class that is answered but never true has IoU 0 and takes part in the mean
# score: 6
def segmentation_scores(confusion):
    right = np.diag(confusion).astype(float)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - right
    there = confusion.sum(axis=1) > 0
    iou = np.divide(right, union, out=np.full(len(right), np.nan), where=there)
    return float(right.sum() / confusion.sum()), iou, float(np.nanmean(iou))
