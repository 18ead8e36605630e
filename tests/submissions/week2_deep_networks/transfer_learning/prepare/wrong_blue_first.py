# what: the channels are turned round
# fails: red stays red, and up stays up
# score: 5.33
def prepare(images, size):
    height, width = images.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = images[:, top : top + side, left : left + side].astype("float32")
    if images.dtype != np.uint8:
        square = 255 * square
    resized = ops.image.resize(square, (size, size), antialias=True)
    return (ops.convert_to_numpy(resized)[..., ::-1] - 127) / 128
