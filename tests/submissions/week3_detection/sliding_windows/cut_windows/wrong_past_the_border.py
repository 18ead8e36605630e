# what: windows begin wherever there is a pixel; those past the border are filled with zeros
# fails: windows are counted along height and width, whole ones only
# fails: each window shows the pixels of its box
# fails: boxes come in reading order, x before y
# fails: random pictures agree with two plain loops
# fails: a picture that no window fits into gives none
# score: 0
def cut_windows(image, side, stride):
    height, width, channels = image.shape
    image = np.pad(image, ((0, side), (0, side), (0, 0)))
    windows, boxes = [], []
    for top in range(0, height, stride):
        for left in range(0, width, stride):
            windows.append(image[top : top + side, left : left + side])
            boxes.append((left, top, left + side, top + side))
    windows = np.array(windows, dtype=image.dtype).reshape(-1, side, side, channels)
    return windows, np.array(boxes, dtype=float).reshape(-1, 4)
