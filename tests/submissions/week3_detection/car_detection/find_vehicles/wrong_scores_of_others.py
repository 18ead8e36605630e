# what: boxes are put in order, scores and kinds are not
# fails: doubles are gone, and the best comes first
# fails: what the shipped detector says about test streets becomes what a slow search makes of it
# score: 2
def find_vehicles(raw, anchors, stride, size, least=0.3, iou_threshold=0.5, max_boxes=50):
    boxes, objectness, kinds = decode(raw, anchors, stride)
    boxes, scores, kinds = likely(boxes, objectness, kinds, least)
    height, width = size
    boxes = np.clip(boxes, 0, [width, height, width, height])
    order = suppress(boxes, scores, kinds, iou_threshold, max_boxes)
    return boxes[order], scores[: len(order)], kinds[: len(order)]
