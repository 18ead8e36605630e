# what: the stride is scaled along with the picture
# fails: x and y are mapped back each by its own factor, with sizes that were rounded
# fails: the windows of all copies come back, those of enlarged ones too
# fails: random pictures agree with a slow pyramid
# fails: a copy that is smaller than the window adds nothing
# score: 1.71
def scan_pyramid(model, image, scales, stride, threshold):
    height, width, _ = image.shape
    rows = []
    for scale in scales:
        h, w = round(scale * height), round(scale * width)
        boxes, scores = scan(model, resized(image, h, w), max(1, round(stride * scale)), threshold)
        for (left, top, right, bottom), score in zip(boxes, scores, strict=True):
            x, y = width / w, height / h
            rows.append((score, left * x, top * y, right * x, bottom * y))
    rows.sort(key=lambda row: -row[0])
    table = np.array(rows, dtype=float).reshape(-1, 5)
    return table[:, 1:], table[:, 0]
