# what: mends clipping and the numerator; the centre is still taken for a corner
# fails: random boxes agree with counting pixels
# score: 3.33
def centre_iou(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    return common / (a[2] * a[3] + b[2] * b[3] - common)
