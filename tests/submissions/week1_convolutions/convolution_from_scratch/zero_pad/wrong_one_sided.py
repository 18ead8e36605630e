# what: all zeros go above and to the left
# fails: a 1 × 2 image stands in the middle of its zeros
# fails: every pixel moves down and right by the padding, in every image and channel
# score: 2.86
def zero_pad(x, padding):
    return np.pad(x, ((0, 0), (2 * padding, 0), (2 * padding, 0), (0, 0)))
