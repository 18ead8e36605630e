# what: the stride is not handed on to im2col
# fails: it equals the definition for rectangular images and kernels, stride 2 and padding 1
# fails: random batches with any stride and padding equal the definition
# score: 5

def conv_forward_fast(x, kernels, bias, stride=1, padding=0):
    fh, fw, c, k = kernels.shape
    table = im2col(x, fh, fw, padding=padding)
    matrix = kernels.reshape(fh * fw * c, k)
    return table @ matrix + bias
