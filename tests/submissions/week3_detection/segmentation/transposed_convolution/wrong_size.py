# what: the output is n times the stride; stamps that stand out are cut off
# fails: a single pixel makes a single stamp, neither turned nor mirrored
# fails: where stamps overlap they add up: the row worked by hand
# fails: padding is cut off at all four sides, and only there
# fails: every output pixel gets its channel's bias once, even where stamps overlap or none arrives
# fails: random maps agree with the definition at strides 1, 2 and 3, and stay as they are
# fails: it is the adjoint of a convolution: <conv(x), y> = <x, transposed(y)>
# score: 2.67
def transposed_convolution(x, kernels, bias, stride=1, padding=0):
    n, h, w, _ = x.shape
    fh, fw, k, _ = kernels.shape
    y = np.zeros((n, (h - 1) * stride + fh, (w - 1) * stride + fw, k))
    for i in range(h):
        for j in range(w):
            stamp = np.einsum("nc,abkc->nabk", x[:, i, j], kernels)
            y[:, i * stride : i * stride + fh, j * stride : j * stride + fw] += stamp
    return y[:, padding : padding + h * stride, padding : padding + w * stride] + bias
