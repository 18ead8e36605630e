# what: the intersection is not clipped at zero
# fails: boxes that are apart have IoU 0, in whichever direction they are apart
# fails: random boxes agree with counting pixels
# score: 3.33
def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = width * height
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - common
    return float(common / union) if union > 0 else 0.0
