# what: plain convolutions in place of the blocks
# fails: each stage has n blocks, two of them begin with a projection
# fails: the number of trained parameters is that of the formula
# fails: gradients reach the first layer through empty blocks
# fails: with empty branches it computes the start, two projections with stride 2, the mean and the logits
# fails: in use it leaves the moving statistics alone, training moves all of them
# score: 3.33
def resnet(n, input_shape, classes, width=16, first_stride=1):
    return plain_network(n, input_shape, classes, width, first_stride)
