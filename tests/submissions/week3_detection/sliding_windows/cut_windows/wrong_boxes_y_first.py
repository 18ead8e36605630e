# what: boxes as (top, left, bottom, right)
# fails: each window shows the pixels of its box
# fails: boxes come in reading order, x before y
# fails: random pictures agree with two plain loops
# score: 2
def cut_windows(image, side, stride):
    height, width, channels = image.shape
    windows, boxes = [], []
    for top in range(0, height - side + 1, stride):
        for left in range(0, width - side + 1, stride):
            windows.append(image[top : top + side, left : left + side])
            boxes.append((top, left, top + side, left + side))
    windows = np.array(windows, dtype=image.dtype).reshape(-1, side, side, channels)
    return windows, np.array(boxes, dtype=float).reshape(-1, 4)
