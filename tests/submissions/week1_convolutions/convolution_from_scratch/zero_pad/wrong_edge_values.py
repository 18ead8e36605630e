# what: repeats the pixels at the border instead of adding zeros
# fails: a 1 × 2 image stands in the middle of its zeros
# fails: padding 0 gives the image back, more padding keeps every pixel
# fails: every pixel moves down and right by the padding, in every image and channel
# score: 2.14
def zero_pad(x, padding):
    return np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)), mode="edge")
