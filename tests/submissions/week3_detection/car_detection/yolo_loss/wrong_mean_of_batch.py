# what: one number for the whole batch
# fails: it is one number for each picture: 5 times the boxes, objectness, and the kinds
# fails: each weight scales its own part, and no other
# fails: random targets agree with the sum of the three parts, with other weights, anchors and strides
# score: 0
def yolo_loss(target, raw, anchors, stride, box_weight=5.0, empty_weight=0.5, class_weight=1.0):
    where = box_loss(target, raw, anchors, stride)
    whether = objectness_loss(target, raw, empty_weight)
    what = class_loss(target, raw)
    return ops.mean(box_weight * where + whether + class_weight * what)
