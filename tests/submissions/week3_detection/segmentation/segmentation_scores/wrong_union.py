# what: the intersection is not subtracted from the union
# fails: the IoU of each class of a table, by hand
# fails: a perfect answer has accuracy 1 and IoU 1 for all classes
# fails: a class that occurs nowhere is nan in the list and takes no part in the mean
# fails: a class that is answered but never true has IoU 0 and takes part in the mean
# fails: random tables: each IoU is that of two sets of pixels
# score: 1
def segmentation_scores(confusion):
    right = np.diag(confusion).astype(float)
    union = confusion.sum(axis=0) + confusion.sum(axis=1)
    iou = np.divide(right, union, out=np.full(len(right), np.nan), where=union > 0)
    return float(right.sum() / confusion.sum()), iou, float(np.nanmean(iou))
