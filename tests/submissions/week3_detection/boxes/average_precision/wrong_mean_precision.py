# what: takes the mean of the precisions
# fails: what was never found counts as precision 0
# fails: a falling curve is a staircase, not a slope
# fails: the area lies below the monotone envelope: the example worked by hand gives 0.55
# fails: at 101 points, the example worked by hand gives 56/101
# fails: random curves agree with the sum over the true boxes, one by one
# fails: random curves agree at 101 and at 11 points with a search for each point
# fails: the arguments stay as they are, and the first detections may be false
# score: 0.7
def average_precision(precision, recall, points=None):
    return float(np.mean(precision)) if len(precision) else 0.0
