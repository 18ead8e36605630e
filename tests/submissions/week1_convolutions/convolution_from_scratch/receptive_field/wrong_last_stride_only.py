# what: the jump is the stride of the layer before, not the product of all
# fails: strides multiply from layer to layer
# fails: random stacks agree with marking the pixels that are seen, layer by layer
# fails: thirteen convolutions and five poolings, as in VGG-16, are counted right
# score: 3
def receptive_field(layers):
    field, jump = 1, 1
    for size, stride in layers:
        field += (size - 1) * jump
        jump = stride
    return field
