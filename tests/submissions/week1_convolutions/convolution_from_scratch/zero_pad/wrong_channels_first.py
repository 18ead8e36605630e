# what: pads the last two axes, as if the images were (N, C, H, W)
# fails: height and width grow by two paddings, batch and channels stay
# fails: a 1 × 2 image stands in the middle of its zeros
# fails: the dtype stays and the image that was passed in is unchanged
# fails: every pixel moves down and right by the padding, in every image and channel
# score: 1.43
def zero_pad(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
