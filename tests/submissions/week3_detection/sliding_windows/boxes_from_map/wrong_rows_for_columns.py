# what: three mistakes mended; rows and columns still swapped
# fails: the column of the map gives the left edge, the row gives the top
# fails: random rectangular maps agree with two plain loops
# score: 2.5
def boxes_from_map(logits, side, stride, threshold):
    found = []
    for row in range(logits.shape[0]):
        for column in range(logits.shape[1]):
            score = 1 / (1 + np.exp(-logits[row, column]))
            if score >= threshold:
                y, x = column * stride, row * stride
                found.append((x, y, x + side, y + side, score))
    table = np.array(found, dtype=float).reshape(-1, 5)
    table = table[np.argsort(-table[:, 4])]
    return table[:, :4], table[:, 4]
