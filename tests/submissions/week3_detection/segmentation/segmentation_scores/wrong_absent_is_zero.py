# what: a class that occurs nowhere counts as 0 in the mean
# fails: a class that occurs nowhere is nan in the list and takes no part in the mean
# fails: random tables: each IoU is that of two sets of pixels
# score: 4
def segmentation_scores(confusion):
    right = np.diag(confusion).astype(float)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - right
    iou = np.divide(right, union, out=np.zeros(len(right)), where=union > 0)
    return float(right.sum() / confusion.sum()), iou, float(iou.mean())
