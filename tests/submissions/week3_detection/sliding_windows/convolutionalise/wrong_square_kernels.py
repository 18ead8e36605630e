# what: kernels as high and wide as the map is high
# fails: a kernel's numbers go to their own row, column and channel
# fails: strides, average pooling, layers without bias, windows higher than wide
# score: 6.25
def convolutionalise(model):
    x = inputs = keras.Input(shape=(None, None, model.input_shape[-1]))
    kernel_size = None
    for layer in model.layers:
        name = type(layer).__name__
        if name == "InputLayer":
            continue
        if name == "Flatten":
            h, w = layer.input.shape[1], layer.input.shape[2]
            kernel_size = (h, h)
        elif name == "Dense":
            arrays = layer.get_weights()
            kernel = arrays[0].reshape((kernel_size[0], kernel_size[1], -1, layer.units))
            conv = layers.Conv2D(
                layer.units, kernel_size, use_bias=layer.use_bias, activation=layer.activation
            )
            conv.build((None, None, None, kernel.shape[2]))
            conv.set_weights([kernel] + arrays[1:])
            x = conv(x)
            kernel_size = (1, 1)
        else:
            x = layer(x)
    return keras.Model(inputs, x)
