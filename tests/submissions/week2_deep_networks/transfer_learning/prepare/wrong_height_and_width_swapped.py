# what: rows and columns are swapped on the way, so pictures lie on their side
# fails: the square comes from the centre
# score: 5.33
def prepare(images, size):
    width, height = images.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = images[:, top : top + side, left : left + side].astype("float32")
    if images.dtype != np.uint8:
        square = 255 * square
    resized = ops.image.resize(square, (size, size), antialias=True)
    return (ops.convert_to_numpy(resized) - 127) / 128
