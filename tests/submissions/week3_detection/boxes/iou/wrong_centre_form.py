# what: takes the boxes for centre form
# fails: two boxes worked by hand: 2 square pixels in common, 18 in the union
# fails: boxes that are apart have IoU 0, in whichever direction they are apart
# fails: boxes that only touch have IoU 0
# fails: a box inside another has the ratio of their areas, in either order
# fails: a box without area has IoU 0 with every box, and nothing is divided by zero
# fails: random boxes agree with counting pixels
# fails: small boxes and negative coordinates are boxes like any other: moving and scaling both changes nothing
# score: 0.56
def iou(a, b):
    width = min(a[0] + a[2] / 2, b[0] + b[2] / 2) - max(a[0] - a[2] / 2, b[0] - b[2] / 2)
    height = min(a[1] + a[3] / 2, b[1] + b[3] / 2) - max(a[1] - a[3] / 2, b[1] - b[3] / 2)
    common = max(width, 0) * max(height, 0)
    union = a[2] * a[3] + b[2] * b[3] - common
    return float(common / union) if union > 0 else 0.0
