# what: the last window that fits is left out
# fails: windows are counted along height and width, whole ones only
# fails: boxes come in reading order, x before y
# fails: random pictures agree with two plain loops
# score: 2
def cut_windows(image, side, stride):
    height, width, channels = image.shape
    windows, boxes = [], []
    for top in range(0, height - side, stride):
        for left in range(0, width - side, stride):
            windows.append(image[top : top + side, left : left + side])
            boxes.append((left, top, left + side, top + side))
    windows = np.array(windows, dtype=image.dtype).reshape(-1, side, side, channels)
    return windows, np.array(boxes, dtype=float).reshape(-1, 4)
