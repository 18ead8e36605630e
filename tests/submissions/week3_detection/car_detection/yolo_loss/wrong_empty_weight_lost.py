# what: the weight of the empty slots is not handed on
# fails: each weight scales its own part, and no other
# fails: random targets agree with the sum of the three parts, with other weights, anchors and strides
# score: 1
def yolo_loss(target, raw, anchors, stride, box_weight=5.0, empty_weight=0.5, class_weight=1.0):
    where = box_loss(target, raw, anchors, stride)
    whether = objectness_loss(target, raw)
    what = class_loss(target, raw)
    return box_weight * where + whether + class_weight * what
