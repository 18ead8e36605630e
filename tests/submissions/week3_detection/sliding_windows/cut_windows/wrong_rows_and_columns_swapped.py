# what: height and width are taken for each other
# fails: windows are counted along height and width, whole ones only
# fails: each window shows the pixels of its box
# fails: boxes come in reading order, x before y
# fails: random pictures agree with two plain loops
# score: 1
def cut_windows(image, side, stride):
    width, height, channels = image.shape
    windows, boxes = [], []
    for top in range(0, height - side + 1, stride):
        for left in range(0, width - side + 1, stride):
            windows.append(image[top : top + side, left : left + side])
            boxes.append((left, top, left + side, top + side))
    windows = np.array(windows, dtype=image.dtype).reshape(-1, side, side, channels)
    return windows, np.array(boxes, dtype=float).reshape(-1, 4)
