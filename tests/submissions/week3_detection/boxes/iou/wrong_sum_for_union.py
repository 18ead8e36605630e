# what: the intersection is not subtracted from the union
# fails: two boxes worked by hand: 2 square pixels in common, 18 in the union
# fails: identical boxes have IoU 1
# fails: a box inside another has the ratio of their areas, in either order
# fails: random boxes agree with counting pixels
# fails: small boxes and negative coordinates are boxes like any other: moving and scaling both changes nothing
# score: 1.67
def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b
    return float(common / union) if union > 0 else 0.0
