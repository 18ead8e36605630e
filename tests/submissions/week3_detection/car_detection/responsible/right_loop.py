# what: box by box, in plain Python
# score: 5
def responsible(boxes, anchors, stride, grid):
    rows, columns = grid
    slots = []
    for left, top, right, bottom in boxes:
        wide, high = right - left, bottom - top
        best, best_fit = 0, -1.0
        for number, (p, q) in enumerate(anchors):
            shared = min(wide, p) * min(high, q)
            fit = shared / (wide * high + p * q - shared)
            if fit > best_fit:
                best, best_fit = number, fit
        row = min(rows - 1, int((top + bottom) / 2 // stride))
        column = min(columns - 1, int((left + right) / 2 // stride))
        slots.append((row, column, best))
    return np.array(slots, dtype=int).reshape(-1, 3)
