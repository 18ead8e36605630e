# what: the share of each class's pixels that are right, instead of IoU
# fails: the IoU of each class of a table, by hand
# fails: a class that occurs nowhere is nan in the list and takes no part in the mean
# fails: a class that is answered but never true has IoU 0 and takes part in the mean
# fails: random tables: each IoU is that of two sets of pixels
# score: 2
def segmentation_scores(confusion):
    right = np.diag(confusion).astype(float)
    there = confusion.sum(axis=1)
    share = np.divide(right, there, out=np.full(len(right), np.nan), where=there > 0)
    return float(right.sum() / confusion.sum()), share, float(np.nanmean(share))
