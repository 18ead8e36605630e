# what: adds the sizes of all windows
# fails: one layer sees its own window; no layer sees one pixel
# fails: at stride 1 each layer adds its size minus 1
# fails: a stride widens what later layers see, not its own layer
# fails: strides multiply from layer to layer
# fails: random stacks agree with marking the pixels that are seen, layer by layer
# fails: thirteen convolutions and five poolings, as in VGG-16, are counted right
# score: 0
def receptive_field(layers):
    return sum(size for size, stride in layers)
