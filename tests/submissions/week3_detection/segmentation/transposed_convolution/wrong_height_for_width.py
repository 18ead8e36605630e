# what: the width of the result is worked out from the height
# fails: a single pixel makes a single stamp, neither turned nor mirrored
# fails: where stamps overlap they add up: the row worked by hand
# fails: padding is cut off at all four sides, and only there
# fails: every output pixel gets its channel's bias once, even where stamps overlap or none arrives
# fails: random maps agree with the definition at strides 1, 2 and 3, and stay as they are
# fails: all at once: rectangles, several channels, stride, padding and bias agree with Keras
# fails: it is the adjoint of a convolution: <conv(x), y> = <x, transposed(y)>
# score: 0
def transposed_convolution(x, kernels, bias, stride=1, padding=0):
    n, h, w, _ = x.shape
    fh, fw, k, _ = kernels.shape
    side = (h - 1) * stride + fh
    y = np.zeros((n, side, side, k))
    for i in range(h):
        for j in range(h):
            stamp = np.einsum("nc,abkc->nabk", x[:, i, j], kernels)
            y[:, i * stride : i * stride + fh, j * stride : j * stride + fw] += stamp
    return y[:, padding : side - padding, padding : side - padding] + bias
