# what: floats are taken for whole numbers
# fails: black becomes -127/128 and white becomes 1, in both forms
# fails: a dark photograph of whole numbers stays dark
# score: 3.33
def prepare(images, size):
    height, width = images.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = images[:, top : top + side, left : left + side].astype("float32")
    resized = ops.image.resize(square, (size, size), antialias=True)
    return (ops.convert_to_numpy(resized) - 127) / 128
