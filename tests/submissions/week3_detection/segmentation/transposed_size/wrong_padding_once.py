# what: padding is cut off at one end only
# fails: a padding of 1 takes a pixel from each end
# fails: the convolution's formula leads back to n
# score: 2
def transposed_size(n, f, stride=1, padding=0):
    return (n - 1) * stride + f - padding
