# what: n times the stride, as Keras's "same" gives
# fails: two stamps of three pixels with stride 2 cover five pixels
# fails: a padding of 1 takes a pixel from each end
# fails: a single pixel makes a single stamp, at any stride
# fails: the convolution's formula leads back to n
# score: 0
def transposed_size(n, f, stride=1, padding=0):
    return n * stride
