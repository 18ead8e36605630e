# what: every layer adds its size minus 1, whatever the strides before it
# fails: a stride widens what later layers see, not its own layer
# fails: strides multiply from layer to layer
# fails: random stacks agree with marking the pixels that are seen, layer by layer
# fails: thirteen convolutions and five poolings, as in VGG-16, are counted right
# score: 2
def receptive_field(layers):
    field = 1
    for size, _ in layers:
        field += size - 1
    return field
