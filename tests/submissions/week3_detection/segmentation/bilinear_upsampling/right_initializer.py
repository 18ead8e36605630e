# what: functional, the kernel filled in a loop
# score: 8
def bilinear_upsampling(factor, channels):
    size = 2 * factor if factor % 2 == 0 else 2 * factor - 1
    kernel = np.zeros((size, size, channels, channels), dtype="float32")
    middle = (size - 1) / 2
    for a in range(size):
        for b in range(size):
            for c in range(channels):
                kernel[a, b, c, c] = (1 - abs(a - middle) / factor) * (1 - abs(b - middle) / factor)
    inputs = keras.Input((None, None, channels))
    layer = layers.Conv2DTranspose(channels, size, factor, "same", use_bias=False)
    model = keras.Model(inputs, layer(inputs))
    layer.kernel.assign(kernel)
    return model
