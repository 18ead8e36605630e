# what: boxes stay in the copy's pixels
# fails: a large bright square is found in the half-size copy, and boxed in the picture's pixels
# fails: x and y are mapped back each by its own factor, with sizes that were rounded
# fails: the windows of all copies come back, those of enlarged ones too
# fails: random pictures agree with a slow pyramid
# score: 1.71
def scan_pyramid(model, image, scales, stride, threshold):
    height, width, _ = image.shape
    rows = []
    for scale in scales:
        h, w = round(scale * height), round(scale * width)
        boxes, scores = scan(model, resized(image, h, w), stride, threshold)
        for (left, top, right, bottom), score in zip(boxes, scores, strict=True):
            x, y = 1, 1
            rows.append((score, left * x, top * y, right * x, bottom * y))
    rows.sort(key=lambda row: -row[0])
    table = np.array(rows, dtype=float).reshape(-1, 5)
    return table[:, 1:], table[:, 0]
