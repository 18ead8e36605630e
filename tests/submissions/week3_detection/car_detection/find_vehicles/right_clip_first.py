# what: cuts off all boxes before it chooses
# score: 4
def find_vehicles(raw, anchors, stride, size, least=0.3, iou_threshold=0.5, max_boxes=50):
    boxes, objectness, kinds = decode(raw, anchors, stride)
    across = np.clip(boxes[..., 0::2], 0, size[1])
    down = np.clip(boxes[..., 1::2], 0, size[0])
    boxes = np.stack([across[..., 0], down[..., 0], across[..., 1], down[..., 1]], axis=-1)
    found = likely(boxes, objectness, kinds, least)
    kept = suppress(*found, iou_threshold=iou_threshold, max_boxes=max_boxes)
    return tuple(part[kept] for part in found)
