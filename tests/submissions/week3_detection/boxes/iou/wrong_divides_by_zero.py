# what: divides without looking: two points give an error
# fails: a box without area has IoU 0 with every box, and nothing is divided by zero
# score: 4.44
def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - common
    return float(common / union)
