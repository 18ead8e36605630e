# what: resized without smoothing
# fails: fine stripes become gray, not coarse stripes
# score: 5.33
def prepare(images, size):
    height, width = images.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = images[:, top : top + side, left : left + side].astype("float32")
    if images.dtype != np.uint8:
        square = 255 * square
    step = square.shape[1] / size
    places = (np.arange(size) * step).astype(int)
    resized = square[:, places][:, :, places]
    return (ops.convert_to_numpy(resized) - 127) / 128
