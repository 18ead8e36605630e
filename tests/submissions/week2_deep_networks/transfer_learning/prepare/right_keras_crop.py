# what: scales first, then lets Keras crop to the aspect ratio
# score: 6
def prepare(images, size):
    x = images.astype("float32") / (255 if np.issubdtype(images.dtype, np.integer) else 1)
    side = min(x.shape[1:3])
    rows = slice((x.shape[1] - side) // 2, (x.shape[1] - side) // 2 + side)
    columns = slice((x.shape[2] - side) // 2, (x.shape[2] - side) // 2 + side)
    x = (x[:, rows, columns] * 255 - PIXEL_MEAN) / PIXEL_SCALE
    return ops.convert_to_numpy(ops.image.resize(x, (size, size), antialias=True))
