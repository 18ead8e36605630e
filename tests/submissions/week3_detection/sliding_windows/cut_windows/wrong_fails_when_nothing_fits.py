# what: stacks a list that may be empty
# fails: a picture that no window fits into gives none
# score: 4
def cut_windows(image, side, stride):
    height, width, channels = image.shape
    windows, boxes = [], []
    for top in range(0, height - side + 1, stride):
        for left in range(0, width - side + 1, stride):
            windows.append(image[top : top + side, left : left + side])
            boxes.append((left, top, left + side, top + side))
    windows = np.stack(windows)
    return windows, np.array(boxes, dtype=float).reshape(-1, 4)
