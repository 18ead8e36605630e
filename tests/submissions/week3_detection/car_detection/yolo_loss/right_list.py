# what: parts and weights as lists
# score: 3
def yolo_loss(target, raw, anchors, stride, box_weight=5.0, empty_weight=0.5, class_weight=1.0):
    parts = ops.stack(
        [
            box_loss(target, raw, anchors, stride) * box_weight,
            objectness_loss(target, raw, empty_weight),
            class_loss(target, raw) * class_weight,
        ]
    )
    return ops.sum(parts, axis=0)
