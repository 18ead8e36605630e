# what: mends the centre and the numerator; the intersection is still not clipped
# fails: boxes that are apart in both directions have IoU 0
# fails: random boxes agree with counting pixels
# score: 2.5
def centre_iou(a, b):
    width = min(a[0] + a[2] / 2, b[0] + b[2] / 2) - max(a[0] - a[2] / 2, b[0] - b[2] / 2)
    height = min(a[1] + a[3] / 2, b[1] + b[3] / 2) - max(a[1] - a[3] / 2, b[1] - b[3] / 2)
    common = width * height
    return common / (a[2] * a[3] + b[2] * b[3] - common)
