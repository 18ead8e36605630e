# what: three mistakes mended; the side is still multiplied by the stride
# fails: a box is as large as the window
# fails: random rectangular maps agree with two plain loops
# score: 2.5
def boxes_from_map(logits, side, stride, threshold):
    found = []
    for row in range(logits.shape[0]):
        for column in range(logits.shape[1]):
            score = 1 / (1 + np.exp(-logits[row, column]))
            if score >= threshold:
                x, y = column * stride, row * stride
                found.append((x, y, x + side * stride, y + side * stride, score))
    table = np.array(found, dtype=float).reshape(-1, 5)
    table = table[np.argsort(-table[:, 4])]
    return table[:, :4], table[:, 4]
