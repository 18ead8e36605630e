# what: goes through the layers from the last to the first with the formula for the other way
# fails: a stride widens what later layers see, not its own layer
# fails: strides multiply from layer to layer
# fails: random stacks agree with marking the pixels that are seen, layer by layer
# fails: thirteen convolutions and five poolings, as in VGG-16, are counted right
# score: 2
def receptive_field(layers):
    field, jump = 1, 1
    for size, stride in reversed(layers):
        field += (size - 1) * jump
        jump *= stride
    return field
