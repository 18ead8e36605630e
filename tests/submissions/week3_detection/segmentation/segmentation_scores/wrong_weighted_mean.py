# what: classes weigh as much as they have pixels
# fails: a class that occurs nowhere is nan in the list and takes no part in the mean
# fails: a class that is answered but never true has IoU 0 and takes part in the mean
# fails: random tables: each IoU is that of two sets of pixels
# score: 3
def segmentation_scores(confusion):
    right = np.diag(confusion).astype(float)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - right
    iou = np.divide(right, union, out=np.full(len(right), np.nan), where=union > 0)
    shares = confusion.sum(axis=1) / confusion.sum()
    return float(right.sum() / confusion.sum()), iou, float(np.nansum(iou * shares))
