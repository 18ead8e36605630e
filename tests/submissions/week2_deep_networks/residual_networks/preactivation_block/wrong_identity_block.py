# what: the block of Exercise 3
# fails: an empty block passes on its input as it is, sign and all
# fails: the first thing in the branch is batch norm, then ReLU
# fails: with given weights it computes what the picture shows
# fails: a gradient passes five empty blocks undiminished
# score: 2.62
def preactivation_block(input_shape):
    return identity_block(input_shape)
