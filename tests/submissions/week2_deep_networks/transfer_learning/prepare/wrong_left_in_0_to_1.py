# what: pixels are left in [0, 1]
# fails: black becomes -127/128 and white becomes 1, in both forms
# score: 4
def prepare(images, size):
    height, width = images.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = images[:, top : top + side, left : left + side].astype("float32")
    if images.dtype == np.uint8:
        square = square / 255
    resized = ops.image.resize(square, (size, size), antialias=True)
    return ops.convert_to_numpy(resized)
