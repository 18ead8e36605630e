# what: x gets the factor of the height
# fails: x and y are mapped back each by its own factor, with sizes that were rounded
# fails: random pictures agree with a slow pyramid
# score: 3.43
def scan_pyramid(model, image, scales, stride, threshold):
    height, width, _ = image.shape
    rows = []
    for scale in scales:
        h, w = round(scale * height), round(scale * width)
        boxes, scores = scan(model, resized(image, h, w), stride, threshold)
        for (left, top, right, bottom), score in zip(boxes, scores, strict=True):
            y, x = width / w, height / h
            rows.append((score, left * x, top * y, right * x, bottom * y))
    rows.sort(key=lambda row: -row[0])
    table = np.array(rows, dtype=float).reshape(-1, 5)
    return table[:, 1:], table[:, 0]
