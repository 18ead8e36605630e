# what: accuracy as the mean of each class's share
# fails: the pixel accuracy of the table worked by hand
# fails: random tables: each IoU is that of two sets of pixels
# score: 4
def segmentation_scores(confusion):
    right = np.diag(confusion).astype(float)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - right
    iou = np.divide(right, union, out=np.full(len(right), np.nan), where=union > 0)
    there = confusion.sum(axis=1)
    share = right[there > 0] / there[there > 0]
    return float(share.mean()), iou, float(np.nanmean(iou))
