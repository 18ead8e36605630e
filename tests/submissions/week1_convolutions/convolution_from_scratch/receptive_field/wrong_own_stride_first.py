# what: the jump is multiplied before the layer's window is added
# fails: one layer sees its own window; no layer sees one pixel
# fails: a stride widens what later layers see, not its own layer
# fails: strides multiply from layer to layer
# fails: random stacks agree with marking the pixels that are seen, layer by layer
# fails: thirteen convolutions and five poolings, as in VGG-16, are counted right
# score: 1
def receptive_field(layers):
    field, jump = 1, 1
    for size, stride in layers:
        jump *= stride
        field += (size - 1) * jump
    return field
