# what: the square is cut from the upper left corner
# fails: the square comes from the centre
# score: 5.33
def prepare(images, size):
    side = min(images.shape[1:3])
    square = images[:, :side, :side].astype("float32")
    if images.dtype != np.uint8:
        square = 255 * square
    resized = ops.image.resize(square, (size, size), antialias=True)
    return (ops.convert_to_numpy(resized) - 127) / 128
