# what: from the distance of the centres and the half sides
# score: 5
def centre_iou(a, b):
    sides = []
    for k in (0, 1):
        reach = (a[k + 2] + b[k + 2]) / 2 - abs(a[k] - b[k])
        sides.append(max(0, min(a[k + 2], b[k + 2], reach)))
    common = sides[0] * sides[1]
    return float(common / (a[2] * a[3] + b[2] * b[3] - common))
