# what: the threshold of the scores is not handed on
# fails: the threshold, the overlap and the limit are handed on
# fails: what the shipped detector says about test streets becomes what a slow search makes of it
# score: 2
def find_vehicles(raw, anchors, stride, size, least=0.3, iou_threshold=0.5, max_boxes=50):
    boxes, objectness, kinds = decode(raw, anchors, stride)
    boxes, scores, kinds = likely(boxes, objectness, kinds, 0.3)
    height, width = size
    boxes = np.clip(boxes, 0, [width, height, width, height])
    order = suppress(boxes, scores, kinds, iou_threshold, max_boxes)
    return boxes[order], scores[order], kinds[order]
