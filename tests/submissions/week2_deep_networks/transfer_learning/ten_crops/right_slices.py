# what: five slices written out
# score: 5
def ten_crops(image, size):
    h, w, _ = image.shape
    top, left = (h - size) // 2, (w - size) // 2
    crops = [
        image[:size, :size], image[:size, w - size :],
        image[h - size :, :size], image[h - size :, w - size :],
        image[top : top + size, left : left + size],
    ]
    crops += [np.fliplr(crop) for crop in crops]
    return np.array(crops)
