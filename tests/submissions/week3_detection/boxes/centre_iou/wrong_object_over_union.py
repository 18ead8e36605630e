# what: mends the centre and clipping; still the object over the union
# fails: two boxes of one size, half over each other, have 1/3
# fails: boxes that are apart in both directions have IoU 0
# fails: a small box in the middle of a large one has the ratio of their areas
# fails: random boxes agree with counting pixels
# score: 0.83
def centre_iou(a, b):
    width = min(a[0] + a[2] / 2, b[0] + b[2] / 2) - max(a[0] - a[2] / 2, b[0] - b[2] / 2)
    height = min(a[1] + a[3] / 2, b[1] + b[3] / 2) - max(a[1] - a[3] / 2, b[1] - b[3] / 2)
    common = max(width, 0) * max(height, 0)
    return a[2] * a[3] / (a[2] * a[3] + b[2] * b[3] - common)
