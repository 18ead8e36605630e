# what: follows one unit back to the image
# score: 6
def receptive_field(layers):
    width = 1
    for size, stride in reversed(layers):
        width = (width - 1) * stride + size
    return width
