# what: height and width are swapped when boxes are cut off
# fails: boxes end at the picture's edges: x at its width, y at its height
# fails: what the shipped detector says about test streets becomes what a slow search makes of it
# score: 2
def find_vehicles(raw, anchors, stride, size, least=0.3, iou_threshold=0.5, max_boxes=50):
    boxes, objectness, kinds = decode(raw, anchors, stride)
    boxes, scores, kinds = likely(boxes, objectness, kinds, least)
    width, height = size
    boxes = np.clip(boxes, 0, [width, height, width, height])
    order = suppress(boxes, scores, kinds, iou_threshold, max_boxes)
    return boxes[order], scores[order], kinds[order]
