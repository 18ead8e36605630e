# what: adds a pixel to every width and height
# fails: two boxes worked by hand: 2 square pixels in common, 18 in the union
# fails: boxes that only touch have IoU 0
# fails: a box inside another has the ratio of their areas, in either order
# fails: a box without area has IoU 0 with every box, and nothing is divided by zero
# fails: random boxes agree with counting pixels
# fails: small boxes and negative coordinates are boxes like any other: moving and scaling both changes nothing
# score: 1.11
def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    common = max(width, 0) * max(height, 0)
    area_a = (a[2] - a[0] + 1) * (a[3] - a[1] + 1)
    area_b = (b[2] - b[0] + 1) * (b[3] - b[1] + 1)
    union = area_a + area_b - common
    return float(common / union) if union > 0 else 0.0
